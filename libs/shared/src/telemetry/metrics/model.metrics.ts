import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Seconds: a reply is some 100 tokens; a T4 writes 20 to 40 of them a second for each of its sequences. */
const replyBuckets = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 20, 30, 60, 120];
/** Seconds: the prompt is read before the first token, and a full batch is waited for. */
const firstTokenBuckets = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 4, 8, 15, 30, 60];

export const modelMetrics = (registry: Registry) => ({
  tokens: new Counter({
    name: 'nano_model_tokens_total',
    help: 'Tokens by kind (prompt, completion) and model or adapter',
    labelNames: ['kind', 'model'],
    registers: [registry],
  }),
  errors: new Counter({
    name: 'nano_model_errors_total',
    help: 'Failed requests to model servers by error code and endpoint',
    labelNames: ['code', 'endpoint'],
    registers: [registry],
  }),
  requests: new Histogram({
    name: 'nano_model_request_duration_seconds',
    help: 'Time a request to a model server took, by outcome (done, set_aside, aborted, an error code)',
    labelNames: ['endpoint', 'model', 'outcome'],
    buckets: replyBuckets,
    registers: [registry],
  }),
  firstToken: new Histogram({
    name: 'nano_model_first_token_seconds',
    help: 'Time to the first token of a reply',
    labelNames: ['endpoint', 'model'],
    buckets: firstTokenBuckets,
    registers: [registry],
  }),
  outstanding: new Gauge({
    name: 'nano_model_outstanding',
    help: 'Requests at a model server',
    labelNames: ['endpoint'],
    registers: [registry],
  }),
  limit: new Gauge({
    name: 'nano_model_limit',
    help: 'Requests that a model server is given at a time at present',
    labelNames: ['endpoint'],
    registers: [registry],
  }),
  breaker: new Gauge({
    name: 'nano_model_breaker',
    help: 'State of the circuit breaker: 0 closed, 1 trying, 2 open',
    labelNames: ['endpoint'],
    registers: [registry],
  }),
  fallbacks: new Counter({
    name: 'nano_model_fallbacks_total',
    help: 'Replies of another model or adapter than wanted, or without the grammar, by reason',
    labelNames: ['reason'],
    registers: [registry],
  }),
  gpuSeconds: new Counter({
    name: 'nano_model_gpu_seconds_total',
    help: 'Seconds of a GPU by the prices of the catalogue',
    labelNames: ['model'],
    registers: [registry],
  }),
});
