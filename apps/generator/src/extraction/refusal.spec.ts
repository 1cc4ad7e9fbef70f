import { describe, expect, it } from '@jest/globals';
import { refusalOf } from './refusal.js';

describe('what a model says instead of SQL', () => {
  it.each([
    ['CLARIFY: Which year?', { kind: 'clarify', text: 'Which year?' }],
    ['<think>SELECT 1</think>\n```\nCLARIFY: a\n\u2028b\n```', { kind: 'clarify', text: 'a b' }],
    ['NOT_ANSWERABLE: no weather here', { kind: 'not_answerable', text: 'no weather here' }],
    ['NOT_ANSWERABLE', { kind: 'not_answerable', text: '' }],
    ['CLARIFY:', null],
    ['CLARIFYING is hard', null],
    ['Clarify: which year?', null],
    ['SELECT 1 -- CLARIFY: x', null],
    ["SELECT 'NOT_ANSWERABLE: x'", null],
    ['I cannot answer that question.', null],
    ['', null],
  ])('is read from %j', (reply, refusal) => {
    expect(refusalOf([reply])).toEqual(refusal);
  });

  it('counts where most replies say it', () => {
    expect(refusalOf(['CLARIFY: a', 'SELECT 1'])).toBeNull();
    expect(refusalOf(['CLARIFY: a', 'SELECT 1', 'CLARIFY: b'])).toEqual({ kind: 'clarify', text: 'a' });
    expect(refusalOf(['CLARIFY: a', 'NOT_ANSWERABLE'])).toBeNull();
    expect(refusalOf([])).toBeNull();
  });

  it('is no longer than a page shows', () => {
    expect(refusalOf([`CLARIFY: ${'x'.repeat(5_000)}`])?.text).toHaveLength(1_000);
  });
});
