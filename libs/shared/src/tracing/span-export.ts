import { Logger } from '@nestjs/common';
import {
  context,
  type Context,
  propagation,
  ProxyTracer,
  type SpanContext,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type Sampler,
  SamplingDecision,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Telemetry } from 'bullmq';
import { BullMQOtel } from 'bullmq-otel';
import packageJson from '#package.json' with { type: 'json' };
import { describeError } from '../errors/app-error.js';
import { pinnedIds } from './query-trace.js';

export interface SpanExport {
  /** What BullMQ makes its spans with: they carry a trace from who enqueues a job to who takes it. */
  queues: Telemetry;
  /** Sends what is left. Never throws. */
  stop(): Promise<void>;
}

/** Also how long the end of an app waits for a collector that does not answer. */
const exportTimeoutMs = 3_000;

/** One an app: in the embedded mode all of them run in one process. */
const providers = new Map<string, TracerProvider>();

/**
 * Sends the spans of the app's tracer, which bears its name, to `<endpoint>/v1/traces` as OTLP in JSON.
 * @param delayMs longest time that a span waits for others to be sent with
 */
export function exportSpans(app: string, endpoint: string, delayMs: number): SpanExport {
  if (providers.size === 0) install();
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: exportTimeoutMs,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': `nano-analyst-${app}`,
      'service.version': packageJson.version,
    }),
    sampler: queriesOnly,
    idGenerator: queryIds,
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        exportTimeoutMillis: exportTimeoutMs,
        scheduledDelayMillis: delayMs,
      }),
    ],
  });
  providers.set(app, provider);
  return {
    // Not before the provider is installed: bullmq-otel may bring an API of its own, which looks for it once.
    queues: new BullMQOtel({ tracerName: app }),
    stop: async () => {
      if (providers.get(app) === provider) providers.delete(app);
      await provider.shutdown().catch(() => undefined);
    },
  };
}

/** What OpenTelemetry has once a process. */
function install(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  // Of the application that a tracer is named after, also where another one of this process came first.
  const delegator = { getDelegateTracer: (app: string) => providers.get(app)?.getTracer(app) };
  trace.setGlobalTracerProvider({ getTracer: (app) => new ProxyTracer(delegator, app) });
  const logger = new Logger('Tracing');
  setGlobalErrorHandler((error) => logger.warn(`Spans were not exported: ${describeError(error)}`));
}

const randomIds = new RandomIdGenerator();
const queryIds: IdGenerator = {
  generateTraceId: () => pinnedIds()?.traceId ?? randomIds.generateTraceId(),
  generateSpanId: () => pinnedIds()?.spanId ?? randomIds.generateSpanId(),
};

/** Spans without a query, such as those of a worker that looks for jobs, are none of a query's trace. */
const queriesOnly: Sampler = {
  shouldSample: (parent: Context) => ({
    decision:
      pinnedIds() !== undefined || isSampled(trace.getSpanContext(parent))
        ? SamplingDecision.RECORD_AND_SAMPLED
        : SamplingDecision.NOT_RECORD,
  }),
  toString: () => 'QueriesOnly',
};

function isSampled(parent: SpanContext | undefined): boolean {
  return parent !== undefined && (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
}
