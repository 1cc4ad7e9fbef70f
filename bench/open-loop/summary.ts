import { ranksOf } from '../../evaluation/src/statistics/quantiles.js';
import { type Arrival, latencyOf, type OutcomeKind, outcomeKinds } from './arrival.js';

/** Milliseconds. */
export interface Latencies {
  count: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

export interface Summary {
  arrivals: number;
  /** Of the schedule. */
  offeredPerSecond: number;
  /** Ends of accepted queries, by the time from the start to the last end. */
  answeredPerSecond: number;
  seconds: number;
  outcomes: Record<OutcomeKind, number>;
  /** By kind and code, the most frequent first. */
  codes: { kind: OutcomeKind; code: string; count: number }[];
  /** From the intended arrival; of queries that ended, and of refusals. */
  latency: Latencies | null;
  refusalLatency: Latencies | null;
  /** How late questions were sent: what the tool itself was behind its schedule. It is in the latency. */
  sendDelay: Latencies | null;
  refusals: { withoutRetryAfter: number; leastRetryAfter: number | null; mostRetryAfter: number | null };
  /** Repeats of requests whose connection failed before the service could begin. */
  repeats: number;
}

/** @param scheduledSeconds how long the schedule ran */
export function summarise(arrivals: readonly Arrival[], scheduledSeconds: number): Summary {
  const ended = arrivals.filter(({ kind }) => kind === 'succeeded' || kind === 'failed');
  const refused = arrivals.filter(({ kind }) => kind === 'refused');
  const lastEnd = arrivals.reduce((last, { endedAt }) => Math.max(last, endedAt ?? 0), 0);
  const retryAfters = refused.flatMap(({ retryAfter }) =>
    typeof retryAfter === 'number' ? [retryAfter] : [],
  );
  const retryAfter = ranksOf(retryAfters, { least: 0, most: 1 });
  const seconds = Math.max(scheduledSeconds, lastEnd / 1_000);
  return {
    arrivals: arrivals.length,
    offeredPerSecond: arrivals.length / scheduledSeconds,
    answeredPerSecond: ended.length / seconds,
    seconds,
    outcomes: countKinds(arrivals),
    codes: countCodes(arrivals),
    latency: latenciesOf(ended),
    refusalLatency: latenciesOf(refused),
    sendDelay: figuresOf(arrivals.flatMap(({ at, sentAt }) => (sentAt === null ? [] : [sentAt - at]))),
    refusals: {
      withoutRetryAfter: refused.length - retryAfters.length,
      leastRetryAfter: retryAfter?.least ?? null,
      mostRetryAfter: retryAfter?.most ?? null,
    },
    repeats: arrivals.reduce((sum, { repeats }) => sum + (repeats ?? 0), 0),
  };
}

export function countKinds(arrivals: readonly Arrival[]): Record<OutcomeKind, number> {
  const counts = Object.fromEntries(outcomeKinds.map((kind) => [kind, 0])) as Record<OutcomeKind, number>;
  for (const { kind } of arrivals) counts[kind] += 1;
  return counts;
}

function countCodes(arrivals: readonly Arrival[]): Summary['codes'] {
  const counts = new Map<string, Summary['codes'][number]>();
  for (const { kind, code } of arrivals) {
    const entry = counts.get(`${kind} ${code}`) ?? { kind, code, count: 0 };
    entry.count += 1;
    counts.set(`${kind} ${code}`, entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

export function latenciesOf(arrivals: readonly Arrival[]): Latencies | null {
  return figuresOf(
    arrivals.flatMap((arrival) => {
      const latency = latencyOf(arrival);
      return latency === null ? [] : [latency];
    }),
  );
}

function figuresOf(values: readonly number[]): Latencies | null {
  const ranks = ranksOf(values, { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 });
  return ranks && { count: values.length, ...ranks };
}
