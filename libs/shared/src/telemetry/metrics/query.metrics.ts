import { Counter, Histogram, type Registry } from 'prom-client';

/** Seconds: an example's answer takes some 50 ms, three corrections of a slow model two minutes. */
const lifeBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 240];
/** At most 5 corrections may be asked for, and a verified example may come before the first attempt of the model. */
const correctionBuckets = [0, 1, 2, 3, 4, 5];
const attemptBuckets = [1, 2, 3, 4, 5, 6, 7];

/** Counted by the application that makes the step. */
export const queryMetrics = (registry: Registry) => ({
  ended: new Counter({
    name: 'nano_queries_ended_total',
    help: 'Queries ended by this app, by final status and error code',
    labelNames: ['status', 'code'],
    registers: [registry],
  }),
  duration: new Histogram({
    name: 'nano_query_duration_seconds',
    help: 'Time from acceptance to the end, by the clock of the database, of the queries ended by this app',
    labelNames: ['status'],
    buckets: lifeBuckets,
    registers: [registry],
  }),
  clarifications: new Counter({
    name: 'nano_clarifications_total',
    help: 'Queries that succeeded with a question back in place of an answer',
    registers: [registry],
  }),
  attempts: new Histogram({
    name: 'nano_query_attempts',
    help: 'Attempts of the queries that succeeded',
    buckets: attemptBuckets,
    registers: [registry],
  }),
  corrections: new Histogram({
    name: 'nano_query_corrections',
    help: 'Corrections of the queries whose last attempt was executed, by final status',
    labelNames: ['status'],
    buckets: correctionBuckets,
    registers: [registry],
  }),
});
