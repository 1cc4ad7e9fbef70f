interface Point {
  tables: number;
  p50: number;
  p99: number;
}

const [width, height, margin] = [560, 300, 48];

/** p50 and p99 over the number of tables, both axes logarithmic, as SVG. */
export function plotGrowth(points: readonly Point[]): string {
  const xs = points.map((point) => Math.log10(point.tables));
  const ys = points.flatMap(({ p50, p99 }) => [Math.log10(p50), Math.log10(p99)]);
  const scale = (values: number[], from: number, to: number) => {
    const [low, high] = [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))];
    return {
      low,
      high,
      at: (value: number) => from + ((value - low) / Math.max(1, high - low)) * (to - from),
    };
  };
  const x = scale(xs, margin, width - margin);
  const y = scale(ys, height - margin, margin / 2);
  const path = (name: 'p50' | 'p99') =>
    points.map(
      (point) => `${x.at(Math.log10(point.tables)).toFixed(1)},${y.at(Math.log10(point[name])).toFixed(1)}`,
    );
  const grid = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
  const line = (name: 'p50' | 'p99', colour: string) => {
    const end = path(name).at(-1)?.split(',') ?? [];
    return `<polyline points="${path(name).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>
<text x="${Number(end[0]) + 6}" y="${Number(end[1]) + 4}" fill="${colour}">${name}</text>`;
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${grid(y.low, y.high)
  .map((power) => {
    const at = y.at(power);
    return `<line x1="${margin}" x2="${width - margin}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${margin - 6}" y="${at + 4}" text-anchor="end">${10 ** power} ms</text>`;
  })
  .join('\n')}
${grid(x.low, x.high)
  .map((power) => {
    const at = x.at(power);
    return `<line x1="${at}" x2="${at}" y1="${margin / 2}" y2="${height - margin}" stroke="#ddd"/><text x="${at}" y="${height - margin + 18}" text-anchor="middle">${(10 ** power).toLocaleString('en')}</text>`;
  })
  .join('\n')}
<text x="${width / 2}" y="${height - 8}" text-anchor="middle">tables</text>
${line('p50', '#1f6feb')}
${line('p99', '#b62324')}
</svg>
`;
}
