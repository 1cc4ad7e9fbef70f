import type { Arrival } from '../open-loop/arrival.js';
import { plotLatency } from '../open-loop/plots.js';
import { countKinds } from '../open-loop/summary.js';
import { drawChart, type Series } from '../plot/chart.js';
import { type Growth, growthOf, type Tolerance } from './growth.js';
import type { Sample } from './monitor.js';
import type { Verdict } from './results.js';

/** Of the time: heaps, pools and caches find their size in it, and it is not judged. */
const settlingShare = 1 / 3;

/** Of an application: 8 MiB is below what a collection of garbage moves. */
const memoryTolerance: Tolerance = { share: 0.05, amount: 8 };
/** Connections that come and go with the load. */
const countTolerance: Tolerance = { share: 0.05, amount: 3 };

type Measure = { name: string; tolerance: Tolerance; of: (sample: Sample) => Record<string, number> };

const measures: readonly Measure[] = [
  { name: 'memory, MiB', tolerance: memoryTolerance, of: ({ memoryMiB }) => memoryMiB },
  { name: 'handles', tolerance: countTolerance, of: ({ handles }) => handles },
  { name: 'Redis keys', tolerance: countTolerance, of: ({ redisKeys }) => ({ Redis: redisKeys }) },
  {
    name: 'PostgreSQL connections',
    tolerance: countTolerance,
    of: ({ connections }) => ({ PostgreSQL: connections }),
  },
];

export function judgeSoak(
  arrivals: readonly Arrival[],
  samples: readonly Sample[],
  /** By status, of all that were ever accepted. */
  queries: Readonly<Record<string, number>>,
): Verdict[] {
  const { succeeded, ...others } = countKinds(arrivals);
  const unanswered = Object.entries(others).filter(([, count]) => count > 0);
  const lost = Object.entries(queries).filter(([status]) => status !== 'succeeded');
  return [
    {
      target: 'no query is lost',
      measured: `${succeeded} of ${arrivals.length} answered${unanswered.map(([kind, count]) => `, ${count} ${kind}`).join('')}; in PostgreSQL ${queries['succeeded'] ?? 0} succeeded${lost.map(([status, count]) => `, ${count} ${status}`).join('')}`,
      isMet: unanswered.length === 0 && lost.length === 0,
    },
    ...measures.map((measure) => judgeMeasure(measure, samples)),
  ];
}

function judgeMeasure({ name, tolerance, of }: Measure, samples: readonly Sample[]): Verdict {
  const judged = samples.slice(Math.floor(samples.length * settlingShare));
  const growths = seriesOf(judged, of).flatMap(({ name: part, points }): [string, Growth][] => {
    const growth = growthOf(points, tolerance);
    return growth ? [[part, growth]] : [];
  });
  const minutes = ((judged.at(-1)?.at ?? 0) - (judged[0]?.at ?? 0)) / 60;
  return {
    target: `no growth of ${name}`,
    measured: `${growths.map(([part, { median, grown }]) => `${part} ${median.toFixed(0)} ${grown < 0 ? '−' : '+'} ${Math.abs(grown).toFixed(1)}`).join(', ')} in the last ${minutes.toFixed(1)} minutes`,
    isMet: growths.length > 0 && growths.every(([, { isGrowing }]) => !isGrowing),
  };
}

export function soakPlots(
  arrivals: readonly Arrival[],
  samples: readonly Sample[],
  seconds: number,
): Record<string, string> {
  const plot = (label: string, series: readonly Series[]) =>
    drawChart({ x: { label: 'seconds from the start' }, y: { label }, series });
  const counts = [
    { name: 'Redis keys', points: samples.map(({ at, redisKeys }) => [at, redisKeys] as const) },
    { name: 'connections', points: samples.map(({ at, connections }) => [at, connections] as const) },
    { name: 'open queries', points: samples.map(({ at, openQueries }) => [at, openQueries] as const) },
  ];
  return {
    'soak-memory.svg': plot(
      'resident memory, MiB',
      seriesOf(samples, ({ memoryMiB }) => memoryMiB),
    ),
    'soak-handles.svg': plot(
      'open handles',
      seriesOf(samples, ({ handles }) => handles),
    ),
    'soak-counts.svg': plot('how many', counts),
    'soak-latency.svg': plotLatency(arrivals, seconds),
  };
}

/** A line for each part. */
function seriesOf(samples: readonly Sample[], of: Measure['of']): Series[] {
  return Object.keys(samples[0] ? of(samples[0]) : {}).map((name) => ({
    name,
    points: samples.map((sample) => [sample.at, of(sample)[name] ?? 0] as const),
  }));
}
