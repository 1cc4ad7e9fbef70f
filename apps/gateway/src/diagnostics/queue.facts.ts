import type { QueueFacts } from '#shared/contracts/diagnostics';
import { jobNames } from '#shared/queue/catalogue';
import type { JobQueue } from '#shared/queue/job-queue';

/** What waits and what was set aside, of each queue. @throws Error when the queue does not answer */
export function readQueueFacts(jobs: JobQueue): Promise<QueueFacts[]> {
  return Promise.all(
    jobNames.map(async (queue) => {
      const [{ failed, ...depth }, oldestSeconds, codes] = await Promise.all([
        jobs.depth(queue),
        jobs.oldestWait(queue),
        jobs.deadLetterCodes(queue),
      ]);
      const deadLetterCodes = codes.map(({ newestAt, ...code }) => ({
        ...code,
        newestAt: new Date(newestAt).toISOString(),
      }));
      return { queue, ...depth, oldestSeconds, deadLetters: failed, deadLetterCodes };
    }),
  );
}
