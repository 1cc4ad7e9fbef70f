import { expect, it } from '@jest/globals';
import { RefusalLog } from './refusal.log.js';

it('tells of the first at once, and of thousands in one line a minute', () => {
  const lines: string[] = [];
  let now = 5;
  const log = new RefusalLog(
    (line) => lines.push(line),
    () => now,
  );
  log.note('10.0.0.1');
  expect(lines).toEqual(['refused 1 times somebody who is no operator, last at 10.0.0.1']);
  for (; now < 60_005; now += 10) log.note('10.0.0.2');
  expect(lines).toHaveLength(1);
  log.note('10.0.0.3');
  expect(lines.slice(1)).toEqual(['refused 6001 times somebody who is no operator, last at 10.0.0.3']);
});
