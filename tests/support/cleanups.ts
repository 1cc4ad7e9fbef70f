import { afterAll } from '@jest/globals';

type Cleanup = () => unknown;
export type Cleanups = (cleanup: Cleanup) => void;

/** What a suite has to undo, newest first, also when its set-up broke off in the middle. */
export function cleanups(): Cleanups {
  const pending: Cleanup[] = [];
  afterAll(async () => {
    const errors: unknown[] = [];
    for (const cleanup of pending.reverse()) {
      try {
        await cleanup();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'The suite was not cleaned up.');
  });
  return (cleanup) => pending.push(cleanup);
}
