import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { RefusalLog } from './refusal.log.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('tells of the first at once, and of thousands in one line a minute, also when none comes after them', () => {
  const lines: string[] = [];
  const log = new RefusalLog((line) => lines.push(line));
  log.note('10.0.0.1');
  expect(lines).toEqual(['refused 1 times somebody who is no operator, last at 10.0.0.1']);
  for (let count = 0; count < 6_000; count += 1) log.note('10.0.0.2');
  expect(lines).toHaveLength(1);
  jest.advanceTimersByTime(60_000);
  expect(lines.slice(1)).toEqual(['refused 6000 times somebody who is no operator, last at 10.0.0.2']);

  jest.advanceTimersByTime(60_000);
  log.note('10.0.0.3');
  expect(lines.slice(2)).toEqual(['refused 1 times somebody who is no operator, last at 10.0.0.3']);
});
