import { at, Random } from '../generate/random.js';
import type { Row } from '../generate/sample-database.js';
import { makeAssignments, makeExpenses, makeTimeOff } from './activity.js';
import * as source from './organisation.js';
import { makeEmployees, makeEmployeeSkills, makeSalaries } from './workforce.js';
import { firstDay, isoDate, lastDay } from '../generate/dates.js';

export function companyTables(): Record<string, readonly Row[]> {
  const locations = source.locations.map(([city, country, opened_on, desks], index) => ({
    id: index + 1,
    city,
    country,
    opened_on,
    desks,
  }));
  const departments = source.departments.map(({ name, city, budget }, index) => ({
    id: index + 1,
    name,
    location_id: 1 + locations.findIndex((location) => location.city === city),
    budget,
  }));
  const positions = makePositions();
  const employees = makeEmployees(positions);
  const projects = makeProjects();
  const skills = source.skills.map(([name, area], index) => ({ id: index + 1, name, area }));
  const assignments = makeAssignments(employees, projects);
  return {
    locations,
    departments,
    positions,
    employees,
    salaries: makeSalaries(employees, positions),
    projects,
    assignments,
    skills,
    employee_skills: makeEmployeeSkills(employees, skills.length),
    time_off: makeTimeOff(employees),
    expenses: makeExpenses(employees, assignments, projects),
  };
}

export type Position = ReturnType<typeof makePositions>[number];
export type Project = ReturnType<typeof makeProjects>[number];

function makePositions() {
  const titles = Object.entries(source.jobs).flatMap(([job, salary]) =>
    source.levels.map(([level, prefix, factor]) => ({
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

function makeProjects() {
  const random = new Random('company/projects');
  return source.projectNames.map((name, index) => {
    const start = firstDay + Math.floor((index / source.projectNames.length) * (lastDay - firstDay));
    const end = start + random.int(90, 700);
    const planned = index >= source.projectNames.length - 3;
    const completed = !planned && end <= lastDay;
    return {
      id: index + 1,
      name,
      department_id: 1 + source.departments.indexOf(at(source.departments, skewedIndex(random, 7))),
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
