import { expect, it } from '@jest/globals';
import { catchInterrupts } from './interrupts.js';

it('takes signals until it is released: what comes afterwards ends the process as any', () => {
  const before = process.listenerCount('SIGINT');
  const { signal, exitCode, release } = catchInterrupts();
  expect(process.listenerCount('SIGINT')).toBe(before + 1);
  process.emit('SIGINT', 'SIGINT');
  expect([signal.aborted, exitCode()]).toEqual([true, 130]);
  release();
  expect(process.listenerCount('SIGINT')).toBe(before);
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
