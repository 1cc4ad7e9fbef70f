import { Counter, Histogram, type Registry } from 'prom-client';

/** At most 16 candidates may be asked for. */
const candidateBuckets = [0, 1, 2, 3, 4, 6, 8, 12, 16];
const shareBuckets = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

export const candidateMetrics = (registry: Registry) => ({
  outcomes: new Counter({
    name: 'nano_candidates_total',
    help: 'Candidates executed, by outcome and traceback class',
    labelNames: ['outcome', 'class'],
    registers: [registry],
  }),
  anAttempt: new Histogram({
    name: 'nano_attempt_candidates',
    help: 'Different candidates of an attempt that was executed',
    buckets: candidateBuckets,
    registers: [registry],
  }),
  agreement: new Histogram({
    name: 'nano_vote_share',
    help: "Share of an attempt's replies that gave the result which became the answer, where there were several",
    buckets: shareBuckets,
    registers: [registry],
  }),
  repairs: new Counter({
    name: 'nano_repairs_total',
    help: 'Changes that static repair made to candidates, by kind',
    labelNames: ['kind'],
    registers: [registry],
  }),
});
