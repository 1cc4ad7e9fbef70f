import { describe, expect, it } from '@jest/globals';
import { maskExample, maskQuestion } from './mask.js';

describe('a masked question', () => {
  it('is equal for questions that differ in their literals alone', () => {
    const example = {
      question: 'Which orders from Berlin cost more than 100.50?',
      sql: "SELECT id FROM orders WHERE city = 'Berlin' AND total > 100.50",
    };
    expect(maskExample(example)).toBe('Which orders from value cost more than value?');
    expect(maskQuestion('Which orders from New York cost more than 7?', ['New York'])).toBe(
      maskExample(example),
    );
  });

  it('keeps words that only contain a literal', () => {
    expect(maskQuestion('Who sells organic ore in 2024?', ['or', ''])).toBe(
      'Who sells organic ore in value?',
    );
  });

  it('masks quoted texts, and takes literals as text', () => {
    expect(maskQuestion('names like "Ann" (or \'a+b\') or c++', ['c++'])).toBe(
      'names like value (or value) or value',
    );
    expect(maskQuestion("the driver's car", [])).toBe("the driver's car");
  });
});
