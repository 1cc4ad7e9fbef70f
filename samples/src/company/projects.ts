import { firstDay, isoDate, lastDay } from '../generate/dates.js';
import { at, Random } from '../generate/random.js';
import { departments, projectNames } from './organisation.js';

export type Project = ReturnType<typeof makeProjects>[number];

export function makeProjects() {
  const random = new Random('company/projects');
  return projectNames.map((name, index) => {
    const start = firstDay + Math.floor((index / projectNames.length) * (lastDay - firstDay));
    const end = start + random.int(90, 700);
    const planned = index >= projectNames.length - 3;
    const completed = !planned && end <= lastDay;
    return {
      id: index + 1,
      name,
      department_id: 1 + departments.indexOf(at(departments, skewedIndex(random, 7))),
      status: planned ? 'planned' : completed ? 'completed' : random.chance(0.2) ? 'on hold' : 'active',
      start_date: isoDate(start),
      end_date: completed ? isoDate(end) : null,
      budget: random.int(8, 120) * 5_000,
    };
  });
}

/** The last department, Legal, leads no projects. */
function skewedIndex(random: Random, count: number): number {
  return Math.floor(random.next() * random.next() * count);
}
