import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { candidateMetrics } from './metrics/candidate.metrics.js';
import { gatewayMetrics } from './metrics/gateway.metrics.js';
import { modelMetrics } from './metrics/model.metrics.js';
import { processMetrics } from './metrics/process.metrics.js';
import { queryMetrics } from './metrics/query.metrics.js';
import { queueMetrics } from './metrics/queue.metrics.js';
import { redisMetrics } from './metrics/redis.metrics.js';
import { retrievalMetrics } from './metrics/retrieval.metrics.js';
import { sandboxMetrics } from './metrics/sandbox.metrics.js';

/**
 * The metrics of one app, in a registry of its own so that several apps can share a process.
 * Labels are bounded: route patterns, stages, codes; never an id, a question or a name. docs/metrics.md lists them all.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly gateway = gatewayMetrics(this.registry);
  readonly queries = queryMetrics(this.registry);
  readonly queues = queueMetrics(this.registry);
  readonly redis = redisMetrics(this.registry);
  readonly retrieval = retrievalMetrics(this.registry);
  readonly model = modelMetrics(this.registry);
  readonly candidates = candidateMetrics(this.registry);
  readonly sandbox = sandboxMetrics(this.registry);
  readonly process = processMetrics(this.registry);
  private readonly looks: (() => Promise<void> | void)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** What is read only when somebody scrapes. It must not take longer than a scrape may, and what it throws is not heard. */
  beforeScrape(look: () => Promise<void> | void): void {
    this.looks.push(look);
  }

  async scrape(): Promise<string> {
    await Promise.allSettled(this.looks.map(async (look) => look()));
    return this.registry.metrics();
  }
}
