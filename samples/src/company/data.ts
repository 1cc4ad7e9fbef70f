import type { Row } from '../generate/sample-database.js';
import { makeAssignments, makeExpenses, makeTimeOff } from './activity.js';
import * as source from './organisation.js';
import { makePositions } from './positions.js';
import { makeProjects } from './projects.js';
import { makeEmployees, makeEmployeeSkills, makeSalaries } from './workforce.js';

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
