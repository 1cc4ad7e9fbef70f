import { expect, it } from '@jest/globals';
import { axisOf } from './axis.js';
import { drawChart } from './chart.js';

it('puts values where its axes say', () => {
  const linear = axisOf('linear', [3, 42], [0, 100]);
  expect(linear.ticks).toEqual([0, 10, 20, 30, 40, 50]);
  expect(linear.at(25)).toBe(50);
  const log = axisOf('log', [0, 2, 900], [0, 300]);
  expect(log.ticks).toEqual([1, 10, 100, 1_000]);
  expect(log.at(100)).toBeCloseTo(200);
  expect(axisOf('linear', [], [0, 100]).ticks.at(-1)).toBe(1);
});

it('lets no text out of its place', () => {
  const svg = drawChart({
    x: { label: '<script>' },
    y: { label: '"&' },
    series: [{ name: '</text><script>', points: [[0, 1]] }],
  });
  expect(svg).not.toContain('<script>');
  expect(svg).toContain('&lt;/text>');
});
