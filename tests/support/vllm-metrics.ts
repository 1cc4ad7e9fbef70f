import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The names, labels and buckets of vLLM (vllm/v1/metrics/loggers.py), as far as the dashboards ask for them. */
const labelNames = ['model_name', 'engine'];
const firstTokenBuckets = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20,
];
const latencyBuckets = [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120];

/** What a vLLM that serves one model would tell of the requests that it is told of here. */
export class VllmMetrics {
  private readonly registry = new Registry();
  private readonly running = this.gauge('num_requests_running');
  private readonly waiting = this.gauge('num_requests_waiting');
  private readonly cacheUsage = this.gauge('kv_cache_usage_perc');
  private readonly promptTokens = this.counter('prompt_tokens_total');
  private readonly generationTokens = this.counter('generation_tokens_total');
  private readonly cacheQueries = this.counter('prefix_cache_queries_total');
  private readonly cacheHits = this.counter('prefix_cache_hits_total');
  private readonly preemptions = this.counter('num_preemptions_total');
  private readonly firstToken = this.histogram('time_to_first_token_seconds', firstTokenBuckets);
  private readonly latency = this.histogram('e2e_request_latency_seconds', latencyBuckets);
  private readonly queueTime = this.histogram('request_queue_time_seconds', latencyBuckets);
  private readonly labels: { model_name: string; engine: string };

  constructor(model: string) {
    this.labels = { model_name: model, engine: '0' };
    this.preemptions.inc(this.labels, 0);
  }

  /** A request that ended: half of its prompt was in the cache. */
  served(seconds: number, prompt: number, completion: number): void {
    this.promptTokens.inc(this.labels, prompt);
    this.generationTokens.inc(this.labels, completion);
    this.cacheQueries.inc(this.labels, prompt);
    this.cacheHits.inc(this.labels, prompt / 2);
    this.firstToken.observe(this.labels, seconds / 2);
    this.latency.observe(this.labels, seconds);
    this.queueTime.observe(this.labels, 0);
  }

  /** The page `/metrics`. @param batch requests that its batch holds when the cache is full */
  text(running: number, waiting: number, batch = 16): Promise<string> {
    this.running.set(this.labels, running);
    this.waiting.set(this.labels, waiting);
    this.cacheUsage.set(this.labels, Math.min(1, running / batch));
    return this.registry.metrics();
  }

  private gauge(name: string) {
    return new Gauge({ name: `vllm:${name}`, help: name, labelNames, registers: [this.registry] });
  }

  private counter(name: string) {
    return new Counter({ name: `vllm:${name}`, help: name, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, buckets: number[]) {
    return new Histogram({
      name: `vllm:${name}`,
      help: name,
      labelNames,
      buckets,
      registers: [this.registry],
    });
  }
}
