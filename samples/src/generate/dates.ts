const dayMs = 86_400_000;

/** Days since 1970-01-01 of an ISO date. */
export function dayOf(isoDate: string): number {
  return Date.parse(`${isoDate}T00:00:00Z`) / dayMs;
}

export function isoDate(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** `YYYY-MM-DD HH:MM`, the minutes counted from the midnight that starts the day. */
export function isoMinute(day: number, minutes: number): string {
  return new Date(day * dayMs + minutes * 60_000).toISOString().slice(0, 16).replace('T', ' ');
}

export const firstDay = dayOf('2023-01-01');
export const lastDay = dayOf('2025-12-31');
