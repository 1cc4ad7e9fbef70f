import { drawChart } from '../plot/chart.js';

interface Point {
  tables: number;
  p50: number;
  p99: number;
}

/** p50 and p99 over the number of tables, both axes logarithmic, as SVG. */
export function plotGrowth(points: readonly Point[]): string {
  const series = (['p50', 'p99'] as const).map((name) => ({
    name,
    points: points.map((point) => [point.tables, point[name]] as const),
  }));
  return drawChart({
    x: { label: 'tables', scale: 'log' },
    y: { label: 'latency', scale: 'log', unit: ' ms' },
    series,
  });
}
