import { jobs, levels } from './organisation.js';

export type Position = ReturnType<typeof makePositions>[number];

export function makePositions() {
  const titles = Object.entries(jobs).flatMap(([job, salary]) =>
    levels.map(([level, prefix, factor]) => ({
      title: `${prefix}${job}`,
      level,
      middle: salary * factor,
    })),
  );
  return titles.map(({ title, level, middle }, index) => ({
    id: index + 1,
    title,
    level,
    min_salary: Math.round((middle * 0.86) / 500) * 500,
    max_salary: Math.round((middle * 1.18) / 500) * 500,
  }));
}
