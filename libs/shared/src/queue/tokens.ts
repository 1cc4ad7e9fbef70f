export const QUEUES = Symbol('queues');
export const QUEUE_BACKEND = Symbol('queue backend');
