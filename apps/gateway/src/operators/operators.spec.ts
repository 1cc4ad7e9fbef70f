import { describe, expect, it } from '@jest/globals';
import { Operators, operatorKeysSchema } from './operators.js';

const key = 'k'.repeat(20);
const other = 'l'.repeat(20);
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('operators', () => {
  const operators = new Operators(operatorKeysSchema.parse(`ada:${key}, grace:with:${other}`));

  it('are known by name and key together', () => {
    expect(operators.nameOf(basic(`ada:${key}`))).toBe('ada');
    expect(operators.nameOf(basic(`grace:with:${other}`))).toBe('grace');
  });

  it.each([
    undefined,
    '',
    'Basic',
    'Basic !!!',
    `Bearer ${key}`,
    basic(''),
    basic(key),
    basic(`:${key}`),
    basic(`grace:${key}`),
    basic(`ada:with:${other}`),
    basic(`ada:${key}x`),
    basic(`ada:${key}\n`),
    basic(` ada:${key}`),
    basic('ada:'),
    basic(`ada:${key},grace:with:${other}`),
  ])('do not include who sends %j', (authorization) => {
    expect(operators.nameOf(authorization)).toBeUndefined();
  });

  it.each(['', 'ada', key, `:${key}`, 'ada:short', `ada:${key},`, `a b:${key}`, `<ada>:${key}`])(
    'cannot be given as %j',
    (list) => {
      expect(operatorKeysSchema.safeParse(list).success).toBe(false);
    },
  );

  it('are refused without a word of their keys', () => {
    const { error } = operatorKeysSchema.safeParse('ada:hunter2');
    expect(JSON.stringify(error?.issues)).not.toContain('hunter2');
  });
});
