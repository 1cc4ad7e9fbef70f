import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { ObservedGauge } from '../observed-gauge.js';

/** Seconds: from a warm stage of a millisecond to a slow model, or a large schema that is indexed. */
const workBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
/** Seconds: an idle worker takes a job at once; past the deadline of its query none waits. */
const waitBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** The label of Prometheus's own that says where a sample is from is `job`: ours is `queue`. */
export const queueMetrics = (registry: Registry) => ({
  wait: new Histogram({
    name: 'nano_job_wait_seconds',
    help: 'Time from when a job was due to when a worker first took it, by queue',
    labelNames: ['queue'],
    buckets: waitBuckets,
    registers: [registry],
  }),
  work: new Histogram({
    name: 'nano_job_duration_seconds',
    help: 'Time a job was worked on, by queue and outcome (done, retried, postponed, ended)',
    labelNames: ['queue', 'outcome'],
    buckets: workBuckets,
    registers: [registry],
  }),
  deadLetters: new Counter({
    name: 'nano_dead_letters_total',
    help: 'Jobs set aside by this app, by queue and error code',
    labelNames: ['queue', 'code'],
    registers: [registry],
  }),
  jobs: new Gauge({
    name: 'nano_queue_jobs',
    help: 'Jobs by queue and state (waiting, active, delayed, failed)',
    labelNames: ['queue', 'state'],
    registers: [registry],
  }),
  oldest: new Gauge({
    name: 'nano_queue_oldest_job_seconds',
    help: 'How long the oldest job that could be worked on has waited, by queue; 0 where none waits',
    labelNames: ['queue'],
    registers: [registry],
  }),
  up: new ObservedGauge({
    name: 'nano_queue_up',
    help: 'Whether the queue answered this scrape',
    registers: [registry],
  }),
});
