import { Counter, Histogram, type Registry } from 'prom-client';

/** Around the default of CONTEXT_TABLES, and what a long context may take. */
const tableBuckets = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64];
/** Around the default of CONTEXT_TOKENS, likewise. */
const tokenBuckets = [100, 250, 500, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 16_000];

export const retrievalMetrics = (registry: Registry) => ({
  tables: new Histogram({
    name: 'nano_retrieval_tables',
    help: 'Tables of a context',
    buckets: tableBuckets,
    registers: [registry],
  }),
  tokens: new Histogram({
    name: 'nano_retrieval_tokens',
    help: 'Estimated tokens of the table cards of a context',
    buckets: tokenBuckets,
    registers: [registry],
  }),
  exampleAnswers: new Counter({
    name: 'nano_example_answers_total',
    help: 'Queries answered from a verified example without the model, by kind',
    labelNames: ['kind'],
    registers: [registry],
  }),
});
