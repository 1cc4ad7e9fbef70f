import { drawChart } from '../plot/chart.js';
import { ranksOf } from '../../evaluation/src/statistics/quantiles.js';
import { type Arrival, latencyOf, outcomeKinds } from './arrival.js';

/** Stretches of time that one point of a plot stands for. */
const mostWindows = 120;
/** Of a histogram, for each factor of ten. */
const barsADecade = 10;

/** SVG by the name of its file. */
export function plotsOf(arrivals: readonly Arrival[], seconds: number): Record<string, string> {
  return {
    'latency.svg': plotLatency(arrivals, seconds),
    'histogram.svg': plotHistogram(arrivals),
    'outcomes.svg': plotOutcomes(arrivals, seconds),
  };
}

/** Of queries that ended, by the time when they were to be asked. */
export function plotLatency(arrivals: readonly Arrival[], seconds: number): string {
  const ended = arrivals.filter(({ kind }) => kind === 'succeeded' || kind === 'failed');
  const windows = byWindow(ended, seconds).map(({ from, inside }) => ({
    from,
    ranks: ranksOf(
      inside.map((arrival) => latencyOf(arrival) ?? 0),
      { p50: 0.5, p95: 0.95, max: 1 },
    ),
  }));
  const series = (['p50', 'p95', 'max'] as const).map((name) => ({
    name,
    points: windows.flatMap(({ from, ranks }) => (ranks ? [[from, ranks[name]] as const] : [])),
  }));
  return drawChart({
    x: { label: 'intended arrival, seconds from the start' },
    y: { label: 'latency', unit: ' ms', scale: 'log' },
    series,
  });
}

function plotHistogram(arrivals: readonly Arrival[]): string {
  const counts = new Map<number, number>();
  for (const arrival of arrivals) {
    if (arrival.kind !== 'succeeded' && arrival.kind !== 'failed') continue;
    const bar = Math.floor(Math.log10(Math.max(latencyOf(arrival) ?? 0, 0.1)) * barsADecade);
    counts.set(bar, (counts.get(bar) ?? 0) + 1);
  }
  const bars = [...counts.keys()];
  const [low, high] = [Math.min(...bars), Math.max(...bars)];
  const points = Array.from(
    { length: bars.length === 0 ? 0 : high - low + 1 },
    (_, at) => [10 ** ((low + at) / barsADecade), counts.get(low + at) ?? 0] as const,
  );
  return drawChart({
    x: { label: 'latency of queries that ended', unit: ' ms', scale: 'log' },
    y: { label: 'queries' },
    series: [{ name: 'queries', points }],
    bars: true,
  });
}

/** Arrivals and what became of them, each at the time when it was to be asked. */
export function plotOutcomes(arrivals: readonly Arrival[], seconds: number): string {
  const windows = byWindow(arrivals, seconds);
  const rate = (count: (inside: readonly Arrival[]) => number) =>
    windows.map(({ from, length, inside }) => [from, count(inside) / length] as const);
  const there = outcomeKinds.filter((kind) => arrivals.some((arrival) => arrival.kind === kind));
  const series = there.map((kind) => ({
    name: kind,
    points: rate((inside) => inside.filter((arrival) => arrival.kind === kind).length),
  }));
  return drawChart({
    x: { label: 'intended arrival, seconds from the start' },
    y: { label: 'a second' },
    series: [{ name: 'arrivals', points: rate((inside) => inside.length) }, ...series],
  });
}

interface Window {
  /** Seconds from the start, and how many. */
  from: number;
  length: number;
  inside: Arrival[];
}

/** The last one may be shorter than the others. */
function byWindow(arrivals: readonly Arrival[], seconds: number): Window[] {
  const length = Math.max(1, Math.ceil(seconds / mostWindows));
  const windows = Array.from({ length: Math.max(1, Math.ceil(seconds / length)) }, (_, at): Window => {
    const from = at * length;
    return { from, length: Math.min(length, seconds - from), inside: [] };
  });
  for (const arrival of arrivals) windows[Math.floor(arrival.at / 1_000 / length)]?.inside.push(arrival);
  return windows;
}
