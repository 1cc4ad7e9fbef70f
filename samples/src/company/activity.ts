import { dayOf, firstDay, isoDate, lastDay } from '../generate/dates.js';
import { at, money, Random } from '../generate/random.js';
import type { Project } from './projects.js';
import type { Employee } from './workforce.js';

const expenseCount = 1_400;

export type Assignment = ReturnType<typeof makeAssignments>[number];

/** Mostly people of the department that leads the project; nothing is booked on planned projects. */
export function makeAssignments(employees: readonly Employee[], projects: readonly Project[]) {
  const random = new Random('company/assignments');
  return projects.flatMap((project) => {
    if (project.status === 'planned') return [];
    const present = employees.filter(
      (employee) => employee.leave_date === null || employee.leave_date > project.start_date,
    );
    const own = present.filter((employee) => employee.department_id === project.department_id);
    const others = present.filter((employee) => employee.department_id !== project.department_id);
    const team = [...random.sample(own, random.int(4, 16)), ...random.sample(others, random.int(1, 9))];
    return team.map((employee, index) => ({
      employee_id: employee.id,
      project_id: project.id,
      role: index === 0 ? 'owner' : random.chance(0.15) ? 'reviewer' : 'member',
      hours: Math.floor(random.next() * random.next() * 900) + 4,
    }));
  });
}

export function makeTimeOff(employees: readonly Employee[]) {
  const random = new Random('company/time_off');
  const absences = employees.flatMap((employee) => {
    const from = Math.max(firstDay, dayOf(employee.hire_date));
    const to = employee.leave_date === null ? lastDay : dayOf(employee.leave_date);
    const count = Math.floor(((to - from) / 365) * 2.4 * (0.5 + random.next()));
    return Array.from({ length: count }, () => ({ employee, day: random.int(from, to) }));
  });
  absences.sort((a, b) => a.day - b.day || a.employee.id - b.employee.id);
  return absences.map(({ employee, day }, index) => {
    const kind = random.pickWeighted({ vacation: 62, 'sick leave': 27, training: 8, 'parental leave': 3 });
    const undecided = day > lastDay - 30 && kind === 'vacation';
    return {
      id: index + 1,
      employee_id: employee.id,
      kind,
      start_date: isoDate(day),
      days: daysOf(kind, random),
      approved: undecided ? null : kind === 'vacation' && random.chance(0.05) ? 0 : 1,
    };
  });
}

function daysOf(kind: string, random: Random): number {
  if (kind === 'parental leave') return random.int(20, 120);
  if (kind === 'vacation') return random.pick([1, 2, 3, 5, 5, 5, 10, 10, 15]);
  return random.int(1, 5);
}

/** Price range of an expense of each category, in euros. */
const prices = {
  travel: [45, 620],
  hotel: [80, 540],
  meals: [12, 95],
  software: [9, 320],
  equipment: [25, 1_900],
} as const;

export function makeExpenses(
  employees: readonly Employee[],
  assignments: readonly Assignment[],
  projects: readonly Project[],
) {
  const random = new Random('company/expenses');
  const drafts = Array.from({ length: expenseCount }, () => {
    const assignment = random.chance(0.7) ? random.pick(assignments) : undefined;
    const employee = assignment ? at(employees, assignment.employee_id - 1) : random.pickSkewed(employees);
    const from = dayOf(assignment ? at(projects, assignment.project_id - 1).start_date : employee.hire_date);
    const to = employee.leave_date === null ? lastDay : dayOf(employee.leave_date);
    const start = Math.min(Math.max(from, dayOf(employee.hire_date), firstDay), to);
    return { employee, project_id: assignment?.project_id ?? null, day: random.int(start, to) };
  }).sort((a, b) => a.day - b.day || a.employee.id - b.employee.id);
  return drafts.map(({ employee, project_id, day }, index) => {
    const category = random.pickWeighted({ travel: 34, meals: 30, hotel: 18, software: 11, equipment: 7 });
    const [low, high] = prices[category];
    return {
      id: index + 1,
      employee_id: employee.id,
      project_id,
      category,
      amount: money(random.bell(low, high)),
      expense_date: isoDate(day),
    };
  });
}
