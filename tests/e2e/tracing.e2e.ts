import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { insertQuery } from '../support/queries.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import { type CollectedSpan, type SpanCollector, startSpanCollector } from '../support/span-collector.js';
import { createPool } from '#shared/persistence/database';
import type { Stack } from '../support/stack.js';

const question = 'How many people?';
/** By default a batch of spans is sent every 5 s, which each test would wait for. */
const sentAtOnce = { OTEL_BSP_SCHEDULE_DELAY: '50' };

describe.each(queueKinds)('the trace of a query on %s', (kind) => {
  const cleanup = cleanups();
  let collector: SpanCollector;
  let model: ScriptedModel;
  let stack: Stack;
  let api: DescribedApi;
  let datasourceId: string;

  beforeAll(async () => {
    collector = await startSpanCollector();
    cleanup(() => collector.stop());
    const exporting = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...sentAtOnce };
    ({ api, model, stack, datasourceId } = await startService(cleanup, {
      queue: kind,
      environment: { ...exporting, RECONCILE_PERIOD_MS: '500' },
    }));
  });

  afterEach(() => {
    model.script = () => ({ texts: [countPeople.sql] });
  });

  /** The spans of the trace, once one with the last name is among them. */
  function spansOf(queryId: string, last: string): Promise<CollectedSpan[]> {
    const traceId = queryId.replaceAll('-', '');
    return until(10_000, `a span ${last}`, async () => {
      const spans = collector.spans.filter((span) => span.traceId === traceId);
      return spans.some(({ name }) => name === last) && everyParentIsIn(spans) ? spans : undefined;
    });
  }

  /** Names from the span up to the root. */
  function path(spans: readonly CollectedSpan[], name: string): string[] {
    const line: string[] = [];
    for (let span = spans.find((each) => each.name === name); span;) {
      line.push(`${span.service.replace('nano-analyst-', '')}: ${span.name}`);
      const { parentSpanId } = span;
      span = spans.find(({ spanId }) => spanId === parentSpanId);
    }
    return line;
  }

  it('leads from the statement back to the request, through all four applications', async () => {
    const { id } = await api.answer({ question });
    const spans = await spansOf(id, 'statement');
    expect(path(spans, 'statement')).toEqual([
      'executor: statement',
      'executor: process execute',
      'generator: add execute.execute',
      'generator: process generate',
      'retriever: add generate.generate',
      'retriever: process retrieve',
      'gateway: add retrieve.retrieve',
      'gateway: POST /v1/queries',
    ]);
    expect(path(spans, 'chat').slice(0, 2)).toEqual(['generator: chat', 'generator: process generate']);
    expect(spans.find(({ name }) => name === 'chat')?.attributes).toMatchObject({
      'gen_ai.request.model': 'scripted',
      'gen_ai.usage.input_tokens': 100,
    });
    expect(spans.filter(({ parentSpanId }) => !parentSpanId)).toHaveLength(1);
  });

  it('tells the model server which span its request belongs to', async () => {
    const { id } = await api.answer({ question });
    const chat = (await spansOf(id, 'chat')).find(({ name }) => name === 'chat');
    expect(model.requests.at(-1)?.traceparent).toBe(`00-${chat?.traceId}-${chat?.spanId}-01`);
  });

  it('is linked with the trace of a client that sends one', async () => {
    const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
    const traceparent = `00-${traceId}-${spanId}-01`;
    const { body } = await api.ask({ question }, { Prefer: 'wait=30', traceparent });
    const spans = await spansOf(body.id, 'POST /v1/queries');
    const root = spans.find(({ name }) => name === 'POST /v1/queries');
    expect(root?.links).toMatchObject([{ traceId, spanId }]);
  });

  it('has the tries of a job, which log its ids', async () => {
    model.script = (_, number) =>
      number === model.requests.length && retried.size === 0
        ? (retried.add(number), { status: 500, message: 'scripted' })
        : { texts: [countPeople.sql] };
    const retried = new Set<number>();
    const { id, status } = await api.answer({ question });
    expect(status).toBe('succeeded');
    const spans = await spansOf(id, 'statement');
    expect(spans.filter(({ name }) => name === 'process generate')).toHaveLength(2);
    expect(spans.filter(({ name }) => name === 'chat')).toHaveLength(2);
    const line = stack
      .logs()
      .split('\n')
      .find((text) => text.includes(`${id}-generate-1 failed`));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ queryId: id, traceId: id.replaceAll('-', '') });
  });

  it('has a job that the reconciler made', async () => {
    const pool = createPool(stack.databaseUrl, 1);
    cleanup(() => pool.end());
    const id = await insertQuery({ pool }, { datasourceId, untouchedMs: 60_000, question });
    await api.ended(id, 20_000);
    const traceId = id.replaceAll('-', '');
    const adding = await until(10_000, 'the span of the enqueued job', async () =>
      collector.spans.find((span) => span.traceId === traceId && span.name === 'add retrieve.retrieve'),
    );
    expect(adding).toMatchObject({ service: 'nano-analyst-gateway', parentSpanId: traceId.slice(16) });
    await until(10_000, 'the span of the statement', async () =>
      collector.spans.find((span) => span.traceId === traceId && span.name === 'statement'),
    );
  });

  it('holds no question and no SQL, and there is no other trace', async () => {
    const { id } = await api.answer({ question });
    await spansOf(id, 'statement');
    const text = collector.spans.map((span) => span.text).join('\n');
    expect(text).not.toContain(question);
    expect(text).not.toContain(countPeople.sql);
    const known = await stack.sql<{ id: string }>('select id from query');
    const traces = new Set(known.map((query) => query.id.replaceAll('-', '')));
    expect(collector.spans.filter(({ traceId }) => !traces.has(traceId))).toEqual([]);
  });
});

function everyParentIsIn(spans: readonly CollectedSpan[]): boolean {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return spans.every(({ parentSpanId }) => !parentSpanId || ids.has(parentSpanId));
}

describe('a collector that is away', () => {
  const cleanup = cleanups();

  it('keeps no query from its end and no application from stopping', async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', ...sentAtOnce };
    const { api, stack } = await startService(cleanup, { environment });
    expect(await api.answer({ question })).toMatchObject({ status: 'succeeded' });
    await until(10_000, 'the warning', async () =>
      stack.all('gateway')[0]?.log.includes('Spans were not exported') ? true : undefined,
    );
    const ends = await Promise.all(stack.everything().map((app) => app.end('SIGTERM')));
    expect(ends).toEqual([0, 0, 0, 0]);
  });
});
