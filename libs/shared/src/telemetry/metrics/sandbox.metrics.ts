import { Counter, Histogram, type Registry } from 'prom-client';

/** Seconds: a small statement takes a millisecond; after 10 s one is stopped unless its policy allows more. */
const statementBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 11, 30, 60, 300,
];
const rowBuckets = [0, 1, 5, 20, 100, 500, 1_000, 5_000, 20_000, 100_000];
const byteBuckets = [100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

export const sandboxMetrics = (registry: Registry) => ({
  statements: new Histogram({
    name: 'nano_sandbox_statement_duration_seconds',
    help: 'Time of a statement in the sandbox, waiting included, by dialect and outcome (rows, failed, rejected, aborted, an error code)',
    labelNames: ['dialect', 'outcome'],
    buckets: statementBuckets,
    registers: [registry],
  }),
  refusals: new Counter({
    name: 'nano_sandbox_refusals_total',
    help: 'Statements refused, by the layer that did (guard, engine, limit) and traceback class',
    labelNames: ['layer', 'class'],
    registers: [registry],
  }),
  kills: new Counter({
    name: 'nano_sandbox_kills_total',
    help: 'Statements that were stopped while they ran, by dialect and reason (timeout, memory, aborted)',
    labelNames: ['dialect', 'reason'],
    registers: [registry],
  }),
  rows: new Histogram({
    name: 'nano_result_rows',
    help: 'Rows of a result',
    buckets: rowBuckets,
    registers: [registry],
  }),
  bytes: new Histogram({
    name: 'nano_result_bytes',
    help: 'Bytes of the JSON of a result',
    buckets: byteBuckets,
    registers: [registry],
  }),
  checked: new Counter({
    name: 'nano_checked_statements_total',
    help: 'Statements of checks, by outcome and the layer that refused or cut them',
    labelNames: ['outcome', 'layer'],
    registers: [registry],
  }),
});
