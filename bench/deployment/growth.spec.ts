import { expect, it } from '@jest/globals';
import { seededRandom } from '../../evaluation/src/statistics/random.js';
import { growthOf, robustSlope } from './growth.js';

const random = seededRandom(3);
const series = (slope: number, noise: number) =>
  Array.from({ length: 120 }, (_, at) => [at * 5, 200 + slope * at * 5 + noise * (random() - 0.5)] as const);

it('finds the slope also where a quarter of the values is anything', () => {
  const points = series(0.1, 1).map(([x, y], at) => [x, at % 4 === 0 ? y * 10 * random() : y] as const);
  expect(Math.abs((robustSlope(points) ?? 0) - 0.1)).toBeLessThan(0.05);
  expect(robustSlope([[0, 1]])).toBeNull();
});

it('tells a leak from noise', () => {
  const tolerance = { share: 0.05, amount: 3 };
  // 600 s: 60 of 200.
  expect(growthOf(series(0.1, 30), tolerance)).toMatchObject({ isGrowing: true });
  expect(growthOf(series(0, 60), tolerance)).toMatchObject({ isGrowing: false });
  expect(growthOf(series(-0.1, 5), tolerance)).toMatchObject({ isGrowing: false });
});
