import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Seconds: a read of a query takes a millisecond or two, one that waits for an answer up to its deadline. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

export const gatewayMetrics = (registry: Registry) => ({
  requests: new Histogram({
    name: 'nano_http_request_duration_seconds',
    help: 'Time from request to response by route pattern; event streams are not counted',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers: [registry],
  }),
  accepted: new Counter({
    name: 'nano_queries_accepted_total',
    help: 'Queries accepted by the gateway',
    registers: [registry],
  }),
  refused: new Counter({
    name: 'nano_queries_refused_total',
    help: 'Queries answered 429 because too many were open',
    registers: [registry],
  }),
  open: new Gauge({
    name: 'nano_queries_open',
    help: 'Open queries as the gateway last counted them',
    registers: [registry],
  }),
  openLimit: new Gauge({
    name: 'nano_queries_open_limit',
    help: 'Open queries past which the gateway answers 429',
    registers: [registry],
  }),
  feedback: new Counter({
    name: 'nano_feedback_total',
    help: 'Feedback on answers, by verdict',
    labelNames: ['verdict'],
    registers: [registry],
  }),
  reviews: new Counter({
    name: 'nano_feedback_reviews_total',
    help: 'Feedback that reviewers decided on, by decision',
    labelNames: ['decision'],
    registers: [registry],
  }),
  reconciled: new Counter({
    name: 'nano_reconciler_actions_total',
    help: 'What the reconciler did (requeued, expired, quarantined)',
    labelNames: ['action'],
    registers: [registry],
  }),
  keyExpiry: new Gauge({
    name: 'nano_api_key_expiry_timestamp_seconds',
    help: 'When a key of NANO_API_KEYS is refused from, by its place in the list',
    labelNames: ['key'],
    registers: [registry],
  }),
});
