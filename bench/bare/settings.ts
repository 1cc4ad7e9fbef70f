import type { JobsOptions, QueueOptions } from 'bullmq';
import { deadLettersKept, jobCatalogue, jobId } from '#shared/queue/catalogue';
import { openQueueBackend } from '#shared/queue/queue-backend';

export const chain = ['retrieve', 'generate', 'execute'] as const;
export type Link = (typeof chain)[number];

export interface ChainPayload {
  queryId: string;
  attempt: number;
}

/** As the workers of the service have it by default. */
export const concurrency: Record<Link, number> = { retrieve: 16, generate: 16, execute: 8 };

export function queueOptions(url: string): Pick<QueueOptions, 'connection' | 'prefix'> {
  return { connection: openQueueBackend(url).connection, prefix: '{bare}' };
}

/** The options of the service's jobs, so that a job weighs the same. */
export function jobOptions(link: Link, payload: ChainPayload): JobsOptions {
  return {
    jobId: jobId(link, payload),
    attempts: jobCatalogue[link].tries,
    removeOnComplete: true,
    removeOnFail: { count: deadLettersKept },
    stackTraceLimit: 1,
  };
}
