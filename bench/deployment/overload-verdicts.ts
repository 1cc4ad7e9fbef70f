import type { Arrival } from '../open-loop/arrival.js';
import { plotLatency, plotOutcomes } from '../open-loop/plots.js';
import { countKinds, latenciesOf } from '../open-loop/summary.js';
import { drawChart } from '../plot/chart.js';
import type { Sample } from './monitor.js';
import type { Verdict } from './results.js';

interface Measured {
  arrivals: readonly Arrival[];
  samples: readonly Sample[];
  /** All that were accepted, by status. */
  queries: Readonly<Record<string, number>>;
}

interface Bounds {
  maxOpen: number;
  /** Answers a second. */
  capacity: number;
  /** Of the overload, in seconds from the start. */
  from: number;
  to: number;
}

/** Of an accepted query: what waits before it at the bound, twice, and what one takes without load. */
const latencyFactor = 2;
const recoveredWithinSeconds = 10;
/** Of arrivals after the overload: long enough for a median, short beside what it may take. */
const windowSeconds = 2;

export function judgeOverload({ arrivals, samples, queries }: Measured, bounds: Bounds): Verdict[] {
  const { maxOpen, capacity, from, to } = bounds;
  const before = latenciesOf(succeeded(arrivals, 0, from));
  const during = latenciesOf(succeeded(arrivals, from, to));
  const refused = arrivals.filter(({ kind }) => kind === 'refused');
  const others = Object.entries(countKinds(arrivals)).filter(
    ([kind, count]) => count > 0 && kind !== 'succeeded' && kind !== 'refused',
  );
  const mostOpen = Math.max(...samples.map(({ openQueries }) => openQueries));
  const mostWaiting = Math.max(...samples.map(({ waitingJobs }) => waitingJobs));
  const boundMs = latencyFactor * ((maxOpen / capacity) * 1_000 + (before?.max ?? 0));
  const recovery = recoverySeconds(arrivals, to, before?.p95 ?? 0);
  const bare = refused.filter(({ retryAfter }) => retryAfter === null).length;
  const { succeeded: answered = 0, ...unanswered } = queries;
  return [
    {
      target: `at most ${maxOpen} open queries, and no more jobs waiting in the queues`,
      measured: `${mostOpen} open, ${mostWaiting} waiting`,
      isMet: mostOpen <= maxOpen && mostWaiting <= maxOpen,
    },
    {
      target: 'what is refused is refused with 429 and Retry-After',
      measured: `${refused.length} refused, ${bare} without Retry-After; others: ${others.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none'}`,
      isMet: refused.length > 0 && bare === 0 && others.length === 0,
    },
    {
      target: `an accepted query takes at most ${(boundMs / 1_000).toFixed(1)} s`,
      measured: `p50 ${seconds(during?.p50)}, p99 ${seconds(during?.p99)}, max ${seconds(during?.max)}; before: p50 ${seconds(before?.p50)}, max ${seconds(before?.max)}`,
      isMet: during !== null && during.max <= boundMs,
    },
    {
      target: 'every accepted query is answered',
      measured: `${answered} answered; others: ${JSON.stringify(unanswered)}`,
      isMet: Object.keys(unanswered).length === 0,
    },
    {
      target: `recovers within ${recoveredWithinSeconds} s`,
      measured: `${recovery.toFixed(0)} s until nothing is refused and the median is below the p95 of before, ${seconds(before?.p95)}`,
      isMet: recovery <= recoveredWithinSeconds,
    },
  ];
}

export function overloadPlots(
  { arrivals, samples }: Measured,
  { maxOpen }: Bounds,
  total: number,
): Record<string, string> {
  const series = [
    { name: 'open queries', points: samples.map(({ at, openQueries }) => [at, openQueries] as const) },
    { name: 'jobs waiting', points: samples.map(({ at, waitingJobs }) => [at, waitingJobs] as const) },
    { name: 'the bound', points: [[0, maxOpen] as const, [total, maxOpen] as const] },
  ];
  return {
    'overload-latency.svg': plotLatency(arrivals, total),
    'overload-outcomes.svg': plotOutcomes(arrivals, total),
    'overload-open.svg': drawChart({
      x: { label: 'seconds from the start' },
      y: { label: 'queries' },
      series,
    }),
  };
}

/** Seconds after the overload until every later window has no refusal and a median as before. */
function recoverySeconds(arrivals: readonly Arrival[], to: number, usualMs: number): number {
  const windows = new Map<number, Arrival[]>();
  for (const arrival of arrivals.filter(({ at }) => at >= to * 1_000)) {
    const window = Math.floor((arrival.at / 1_000 - to) / windowSeconds);
    windows.set(window, [...(windows.get(window) ?? []), arrival]);
  }
  const disturbed = [...windows].filter(
    ([, inside]) =>
      inside.some(({ kind }) => kind !== 'succeeded') || (latenciesOf(inside)?.p50 ?? Infinity) > usualMs,
  );
  return Math.max(0, ...disturbed.map(([window]) => (window + 1) * windowSeconds));
}

function succeeded(arrivals: readonly Arrival[], from: number, to: number): Arrival[] {
  return arrivals.filter(({ at, kind }) => kind === 'succeeded' && at >= from * 1_000 && at < to * 1_000);
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '–' : `${(ms / 1_000).toFixed(2)} s`;
}
