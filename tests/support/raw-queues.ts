import { Queue } from 'bullmq';
import { jobNames, type JobName } from '#shared/queue/catalogue';
import { openQueueBackend } from '#shared/queue/queue-backend';
import type { Stack } from './stack.js';

export interface RawQueues {
  queues: Record<JobName, Queue>;
  close(): Promise<void>;
}

/** The queues of a stack from outside, to put in what none of our apps would, and to look at what became of it. */
export function openRawQueues({ queueUrl, name: prefix }: Stack): RawQueues {
  const backend = openQueueBackend(queueUrl);
  const open = (name: JobName) =>
    [name, new Queue(name, { connection: backend.connection, prefix: `{${prefix}}` })] as const;
  const queues = Object.fromEntries(jobNames.map(open)) as Record<JobName, Queue>;
  return {
    queues,
    close: async () => {
      await Promise.all(Object.values(queues).map((queue) => queue.close()));
      await backend.close();
    },
  };
}
