import type { Job } from 'bullmq';

type Times = Pick<Job, 'timestamp' | 'opts'> & Partial<Pick<Job, 'processedOn'>>;

/**
 * Since when a job could have been worked on, in milliseconds: since it was added, or since the time that its schedule names.
 * One that was tried counts from when it was last taken, as the queue does not keep when its delay was over.
 */
export function waitsSince({ timestamp, opts, processedOn = 0 }: Times): number {
  return Math.max(timestamp + (opts.delay ?? 0), processedOn);
}

/** Seconds that a job waited before a worker took it for the first time; undefined when it was taken before. */
export function firstWait({ attemptsStarted, processedOn, timestamp, opts }: Job): number | undefined {
  if (attemptsStarted !== 1 || processedOn === undefined) return undefined;
  // Clocks of two machines may differ by more than the wait.
  return Math.max(0, processedOn - waitsSince({ timestamp, opts })) / 1_000;
}
