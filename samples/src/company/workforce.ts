import { dayOf, firstDay, isoDate, lastDay } from '../generate/dates.js';
import { emailOf, personNames } from '../generate/names.js';
import { at, Random } from '../generate/random.js';
import { departments, levels } from './organisation.js';
import type { Position } from './positions.js';

const employeeCount = 420;
const raiseDay = '04-01';

export type Employee = ReturnType<typeof makeEmployees>[number];

/** In order of hiring. The first eight are the heads of department, one each; the rest report to them or to a lead. */
export function makeEmployees(positions: readonly Position[]) {
  const random = new Random('company/employees');
  const names = personNames(random, employeeCount);
  const managers = departments.map((_, index) => [index + 1]);
  return names.map((name, index) => {
    const isHead = index < departments.length;
    const departmentIndex = isHead ? index : drawDepartment(random);
    const level = isHead ? 'lead' : drawLevel(random);
    const hired = hireDay(index, random);
    const staysFor = random.int(200, 3_000);
    const leaves = !isHead && level !== 'lead' && hired + staysFor <= lastDay && hired + staysFor >= firstDay;
    const leadsHere = at(managers, departmentIndex);
    const manager = isHead ? null : level === 'lead' ? at(leadsHere, 0) : random.pick(leadsHere);
    if (level === 'lead' && !isHead) leadsHere.push(index + 1);
    return {
      id: index + 1,
      first_name: name.first,
      last_name: name.last,
      email: emailOf(name, 'company.example'),
      birth_date: isoDate(Math.min(hired, firstDay) - Math.floor(random.bell(22, 55) * 365.25)),
      hire_date: isoDate(hired),
      leave_date: leaves ? isoDate(hired + staysFor) : null,
      department_id: departmentIndex + 1,
      position_id: positionOf(positions, random.pick(at(departments, departmentIndex).jobs), level),
      manager_id: manager,
      weekly_hours: random.chance(0.83) ? 40 : random.pick([20, 25, 30, 32]),
    };
  });
}

function drawDepartment(random: Random): number {
  const weights = Object.fromEntries(departments.map(({ weight }, index) => [String(index), weight]));
  return Number(random.pickWeighted(weights));
}

function drawLevel(random: Random): string {
  return random.pickWeighted(Object.fromEntries(levels.map(([level, , , weight]) => [level, weight])));
}

function hireDay(index: number, random: Random): number {
  const from = dayOf('2012-01-02');
  const share = index / employeeCount;
  return from + Math.floor(share * (1.4 - 0.4 * share) * (lastDay - 60 - from)) + random.int(0, 30);
}

function positionOf(positions: readonly Position[], job: string, level: string): number {
  const position = positions.find((row) => row.level === level && row.title.endsWith(job));
  if (!position) throw new Error(`no position for a ${level} ${job}`);
  return position.id;
}

/** A first salary inside the band, and a raise on most first days of April from 2023 on. */
export function makeSalaries(employees: readonly Employee[], positions: readonly Position[]) {
  const random = new Random('company/salaries');
  const rows = employees.flatMap((employee) => {
    const { min_salary, max_salary } = at(positions, employee.position_id - 1);
    const starts = [employee.hire_date, ...raiseDates(employee).filter(() => random.chance(0.8))];
    let amount = Math.round(random.bell(min_salary, max_salary * 0.94) / 100) * 100;
    return starts.map((valid_from, index) => {
      if (index > 0) amount = Math.round((amount * (1 + random.int(10, 60) / 1_000)) / 100) * 100;
      const next = starts[index + 1];
      const valid_to = next === undefined ? employee.leave_date : isoDate(dayOf(next) - 1);
      return { employee_id: employee.id, amount, valid_from, valid_to };
    });
  });
  return rows.map((row, index) => ({ id: index + 1, ...row }));
}

function raiseDates(employee: Employee): string[] {
  const days = ['2023', '2024', '2025'].map((year) => `${year}-${raiseDay}`);
  return days.filter(
    (day) => day > employee.hire_date && (employee.leave_date === null || day < employee.leave_date),
  );
}

/** The last skill is one that nobody has. */
export function makeEmployeeSkills(employees: readonly Employee[], skillCount: number) {
  const random = new Random('company/employee_skills');
  const known = Array.from({ length: skillCount - 1 }, (_, index) => index + 1);
  return employees.flatMap((employee) =>
    random.sample(known, random.int(1, 5)).map((skill_id) => ({
      employee_id: employee.id,
      skill_id,
      proficiency: Math.round(random.bell(1, 5)),
    })),
  );
}
