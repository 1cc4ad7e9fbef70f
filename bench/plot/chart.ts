import { type Axis, axisOf, type ScaleKind } from './axis.js';

export interface Series {
  name: string;
  /** As [x, y]; on a logarithmic axis values above 0 only. */
  points: readonly (readonly [number, number])[];
}

interface AxisLabels {
  label: string;
  scale?: ScaleKind;
  /** Behind each number of the axis: ` ms`. */
  unit?: string;
}

export interface Chart {
  x: AxisLabels;
  y: AxisLabels;
  series: readonly Series[];
  /** Bars from the axis up instead of lines; their points are evenly apart on the x axis. */
  bars?: boolean;
}

const [width, height] = [720, 320];
const [left, right, top, bottom] = [92, 150, 16, 48];
const colours = ['#1f6feb', '#b62324', '#1a7f37', '#9a6700', '#8250df', '#57606a', '#bf3989', '#0a7c86'];

/** Lines or bars over two axes, each linear or logarithmic, as SVG. */
export function drawChart({ x, y, series, bars = false }: Chart): string {
  const points = series.flatMap((one) => one.points);
  const xs = axisOf(
    x.scale ?? 'linear',
    points.map(([value]) => value),
    [left, width - right],
  );
  const ys = axisOf(
    y.scale ?? 'linear',
    points.map(([, value]) => value),
    [height - bottom, top],
  );
  const drawn = series.map((one, at) => {
    const colour = colours[at % colours.length] ?? '#000';
    return `${bars ? drawBars(one, xs, ys, colour) : drawLine(one, xs, ys, colour)}
<text x="${width - right + 10}" y="${top + 12 + at * 18}" fill="${colour}">${escape(one.name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${drawGrid(xs, ys, x, y)}
<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${escape(x.label)}</text>
<text transform="translate(14 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(y.label)}</text>
${drawn.join('\n')}
</svg>
`;
}

function drawGrid(xs: Axis, ys: Axis, x: AxisLabels, y: AxisLabels): string {
  const rows = ys.ticks.map((tick) => {
    const at = pixel(ys.at(tick));
    return `<line x1="${left}" x2="${width - right}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${left - 6}" y="${Number(at) + 4}" text-anchor="end">${numberOf(tick)}${escape(y.unit ?? '')}</text>`;
  });
  const columns = xs.ticks.map((tick) => {
    const at = pixel(xs.at(tick));
    return `<line x1="${at}" x2="${at}" y1="${top}" y2="${height - bottom}" stroke="#ddd"/><text x="${at}" y="${height - bottom + 18}" text-anchor="middle">${numberOf(tick)}${escape(x.unit ?? '')}</text>`;
  });
  return [...rows, ...columns].join('\n');
}

function drawLine({ points }: Series, xs: Axis, ys: Axis, colour: string): string {
  const path = points.map(([x, y]) => `${pixel(xs.at(x))},${pixel(ys.at(y))}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function drawBars({ points }: Series, xs: Axis, ys: Axis, colour: string): string {
  const [first, second] = points.map(([x]) => xs.at(x));
  const wide = Math.max(1, Math.min(24, (second ?? Infinity) - (first ?? 0) - 1));
  return points
    .filter(([, y]) => y > 0)
    .map(([x, y]) => {
      const high = ys.at(y);
      return `<rect x="${pixel(xs.at(x))}" y="${pixel(high)}" width="${pixel(wide)}" height="${pixel(height - bottom - high)}" fill="${colour}"/>`;
    })
    .join('\n');
}

function numberOf(value: number): string {
  return Number(value.toPrecision(6)).toLocaleString('en');
}

function pixel(value: number): string {
  return value.toFixed(1);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
