import { AsyncLocalStorage } from 'node:async_hooks';
import {
  context,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace,
  TraceFlags,
} from '@opentelemetry/api';

type Ids = Pick<SpanContext, 'traceId' | 'spanId'>;

const currentQuery = new AsyncLocalStorage<string>();
let pinned: Ids | undefined;

/** A query's id without its hyphens: whoever knows the query finds its trace, and a job made anew belongs to it. */
export function traceIdOf(queryId: string): string {
  return queryId.replaceAll('-', '');
}

/** Runs work that is done for a query: what it logs carries the query's id, its spans belong to the query's trace. */
function inQuery<T>(queryId: string, work: () => T): T {
  return currentQuery.run(queryId, () => {
    const traceId = traceIdOf(queryId);
    if (trace.getSpanContext(context.active())?.traceId === traceId) return work();
    const root = { ...rootIdsOf(queryId), traceFlags: TraceFlags.SAMPLED, isRemote: true };
    return context.with(trace.setSpanContext(context.active(), root), work);
  });
}

/** The same for what a payload asks for; work without a query is run as it is. */
export function inQueryOf<T>(payload: object, work: () => T): T {
  return 'queryId' in payload && typeof payload.queryId === 'string'
    ? inQuery(payload.queryId, work)
    : work();
}

/** What a log line carries of the query that is worked on. */
export function queryFields(): { queryId?: string; traceId?: string } {
  const queryId = currentQuery.getStore();
  return queryId === undefined ? {} : { queryId, traceId: traceIdOf(queryId) };
}

/** The root of a query's trace: its id follows from the query's, so that others name it as their parent without having seen it. */
export function startRootSpan(app: string, queryId: string, name: string, options: SpanOptions): Span {
  pinned = rootIdsOf(queryId);
  try {
    return trace.getTracer(app).startSpan(name, { ...options, root: true });
  } finally {
    pinned = undefined;
  }
}

/** The ids of the root span that is being started; undefined for any other span. */
export function pinnedIds(): Ids | undefined {
  return pinned;
}

function rootIdsOf(queryId: string): Ids {
  const traceId = traceIdOf(queryId);
  return { traceId, spanId: traceId.slice(16) };
}
