import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type JobName, jobNames } from '../queue/catalogue.js';
import type { QueueDepth } from '../queue/job-queue.js';

/** Seconds: from a warm stage of a millisecond to a slow model. */
const stageBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const httpBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const attemptBuckets = [1, 2, 3, 4, 5, 6];

/**
 * The metrics of one app, in a registry of its own so that several apps can share a process.
 * Labels are bounded: route patterns, stages, codes; never an id, a question or a name. docs/metrics.md lists them all.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  readonly httpRequests = this.add(
    new Histogram({
      name: 'nano_http_request_duration_seconds',
      help: 'Time from request to response by route pattern; event streams are not counted',
      labelNames: ['method', 'route', 'status'],
      buckets: httpBuckets,
      registers: [],
    }),
  );
  readonly queriesAccepted = this.add(
    new Counter({
      name: 'nano_queries_accepted_total',
      help: 'Queries accepted by the gateway',
      registers: [],
    }),
  );
  readonly queriesRefused = this.add(
    new Counter({
      name: 'nano_queries_refused_total',
      help: 'Queries answered 429 because too many were open',
      registers: [],
    }),
  );
  readonly openQueries = this.add(
    new Gauge({
      name: 'nano_queries_open',
      help: 'Open queries as the gateway last counted them',
      registers: [],
    }),
  );
  readonly queriesEnded = this.add(
    new Counter({
      name: 'nano_queries_ended_total',
      help: 'Queries ended by this app, by final status and error code',
      labelNames: ['status', 'code'],
      registers: [],
    }),
  );
  readonly clarifications = this.add(
    new Counter({
      name: 'nano_clarifications_total',
      help: 'Queries that succeeded with a question back in place of an answer',
      registers: [],
    }),
  );
  readonly attemptsUntilSuccess = this.add(
    new Histogram({
      name: 'nano_query_attempts',
      help: 'Attempts of the queries that succeeded',
      buckets: attemptBuckets,
      registers: [],
    }),
  );
  readonly jobs = this.add(
    new Histogram({
      name: 'nano_job_duration_seconds',
      help: 'Time a job was worked on, by job name and outcome (done, retried, ended)',
      labelNames: ['job', 'outcome'],
      buckets: stageBuckets,
      registers: [],
    }),
  );
  readonly exampleAnswers = this.add(
    new Counter({
      name: 'nano_example_answers_total',
      help: 'Queries answered from a verified example without the model, by kind',
      labelNames: ['kind'],
      registers: [],
    }),
  );
  readonly tokens = this.add(
    new Counter({
      name: 'nano_model_tokens_total',
      help: 'Tokens by kind (prompt, completion) and model or adapter',
      labelNames: ['kind', 'model'],
      registers: [],
    }),
  );
  readonly modelErrors = this.add(
    new Counter({
      name: 'nano_model_errors_total',
      help: 'Failed requests to model servers by error code and endpoint',
      labelNames: ['code', 'endpoint'],
      registers: [],
    }),
  );
  readonly modelRequests = this.add(
    new Histogram({
      name: 'nano_model_request_duration_seconds',
      help: 'Time a request to a model server took, by outcome (done, set_aside, aborted, an error code)',
      labelNames: ['endpoint', 'model', 'outcome'],
      buckets: stageBuckets,
      registers: [],
    }),
  );
  readonly modelFirstToken = this.add(
    new Histogram({
      name: 'nano_model_first_token_seconds',
      help: 'Time to the first token of a reply',
      labelNames: ['endpoint', 'model'],
      buckets: stageBuckets,
      registers: [],
    }),
  );
  readonly modelOutstanding = this.add(
    new Gauge({
      name: 'nano_model_outstanding',
      help: 'Requests at a model server',
      labelNames: ['endpoint'],
      registers: [],
    }),
  );
  readonly modelLimit = this.add(
    new Gauge({
      name: 'nano_model_limit',
      help: 'Requests that a model server is given at a time at present',
      labelNames: ['endpoint'],
      registers: [],
    }),
  );
  readonly modelBreaker = this.add(
    new Gauge({
      name: 'nano_model_breaker',
      help: 'State of the circuit breaker: 0 closed, 1 trying, 2 open',
      labelNames: ['endpoint'],
      registers: [],
    }),
  );
  readonly modelFallbacks = this.add(
    new Counter({
      name: 'nano_model_fallbacks_total',
      help: 'Replies of another model or adapter than wanted, or without the grammar, by reason',
      labelNames: ['reason'],
      registers: [],
    }),
  );
  readonly gpuSeconds = this.add(
    new Counter({
      name: 'nano_model_gpu_seconds_total',
      help: 'Seconds of a GPU by the prices of the catalogue',
      labelNames: ['model'],
      registers: [],
    }),
  );
  readonly candidates = this.add(
    new Counter({
      name: 'nano_candidates_total',
      help: 'Candidates executed, by outcome and traceback class',
      labelNames: ['outcome', 'class'],
      registers: [],
    }),
  );
  readonly repairs = this.add(
    new Counter({
      name: 'nano_repairs_total',
      help: 'Changes that static repair made to candidates, by kind',
      labelNames: ['kind'],
      registers: [],
    }),
  );
  readonly checkedStatements = this.add(
    new Counter({
      name: 'nano_checked_statements_total',
      help: 'Statements of checks, by outcome and the layer that refused or cut them',
      labelNames: ['outcome', 'layer'],
      registers: [],
    }),
  );
  readonly reconciled = this.add(
    new Counter({
      name: 'nano_reconciler_actions_total',
      help: 'What the reconciler did (requeued, expired, quarantined)',
      labelNames: ['action'],
      registers: [],
    }),
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Reads the queues' depths whenever the metrics are scraped. */
  observeQueues(read: () => Promise<Record<JobName, QueueDepth>>): void {
    this.add(
      new Gauge({
        name: 'nano_queue_jobs',
        help: 'Jobs by queue and state (waiting, active, delayed, failed)',
        labelNames: ['job', 'state'],
        registers: [],
        async collect() {
          const depths = await read().catch(() => null);
          for (const job of depths ? jobNames : []) {
            for (const [state, jobs] of Object.entries(depths?.[job] ?? {}))
              this.set({ job, state }, jobs as number);
          }
        },
      }),
    );
  }

  private add<M extends Histogram | Counter | Gauge>(metric: M): M {
    this.registry.registerMetric(metric);
    return metric;
  }
}
