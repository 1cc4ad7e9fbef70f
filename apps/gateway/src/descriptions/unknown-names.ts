import type { Descriptions } from '#shared/contracts/descriptions';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { nearestNames } from '#shared/schema/nearest-names';

const mostWarnings = 100;
/** Looking for the nearest of thousands of names takes a moment each. */
const mostNearest = 10;

/** A line for each described table or column that the snapshot does not have. */
export function unknownNames({ tables = {} }: Descriptions, known: readonly TableSnapshot[]): string[] {
  const byName = new Map(known.map((table) => [table.name.toLowerCase(), table]));
  const lines: string[] = [];
  const warn = (what: string, name: string, candidates: () => string[]) => {
    const [near] = lines.length < mostNearest ? nearestNames(name, candidates(), 1) : [];
    lines.push(`There is no ${what}${near === undefined ? '' : `; the nearest is ${near}`}.`);
  };
  for (const [name, about] of Object.entries(tables)) {
    const table = byName.get(name.toLowerCase());
    if (!table) warn(`table ${name}`, name, () => known.map((table) => table.name));
    const columns = table?.columns.map((column) => column.name);
    const shown = new Set(columns?.map((column) => column.toLowerCase()));
    for (const column of Object.keys(about.columns ?? {}))
      if (columns && !shown.has(column.toLowerCase()))
        warn(`column ${column} in ${name}`, column, () => columns);
  }
  const more = lines.length - mostWarnings;
  return more > 0 ? [...lines.slice(0, mostWarnings), `${more} further names match nothing.`] : lines;
}
