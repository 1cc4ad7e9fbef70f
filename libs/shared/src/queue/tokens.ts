import type { Queue } from 'bullmq';
import type { JobName } from './catalogue.js';

export const QUEUES = Symbol('queues');
export const QUEUE_BACKEND = Symbol('queue backend');

/** What QUEUES provides. */
export type Queues = Record<JobName, Queue>;
