import type { Link, Schema, Table } from './model.js';

/** Links in the order in which they are joined: each has one side among the tables before it. */
export interface JoinTree {
  root: Table;
  steps: { link: Link; table: Table }[];
}

/** The smallest tree found that joins the tables, grown from the first by shortest paths; null where none does. */
export function joinTables(
  schema: Schema,
  tables: Table[],
  preferred: (link: Link) => number = () => 0,
): JoinTree | null {
  const [root, ...rest] = tables;
  if (!root) return null;
  const tree: JoinTree = { root, steps: [] };
  const joined = new Set([root]);
  const missing = new Set(rest.filter((table) => table !== root));
  while (missing.size > 0) {
    const path = shortestPath(schema, joined, missing, preferred);
    if (!path) return null;
    for (const step of path) {
      tree.steps.push(step);
      joined.add(step.table);
      missing.delete(step.table);
    }
  }
  return tree;
}

/** The cheapest way from any of the sources to any of the targets. */
export function shortestPath(
  schema: Schema,
  sources: Set<Table>,
  targets: Set<Table>,
  preferred: (link: Link) => number = () => 0,
): JoinTree['steps'] | null {
  const open = new Map<Table, { cost: number; steps: JoinTree['steps'] }>();
  for (const source of sources) open.set(source, { cost: 0, steps: [] });
  const done = new Set<Table>();
  while (open.size > 0) {
    const [table, best] = [...open].reduce((a, b) => (b[1].cost < a[1].cost ? b : a));
    if (targets.has(table) && !sources.has(table)) return best.steps;
    open.delete(table);
    done.add(table);
    for (const link of schema.links) {
      const next =
        link.from.table === table ? link.to.table : link.to.table === table ? link.from.table : null;
      if (!next || done.has(next)) continue;
      const cost = best.cost + link.cost - preferred(link);
      if (cost < (open.get(next)?.cost ?? Infinity))
        open.set(next, { cost, steps: [...best.steps, { link, table: next }] });
    }
  }
  return null;
}

/** How many joins lie between two tables; infinite where they are not connected. */
export function distance(schema: Schema, a: Table, b: Table): number {
  if (a === b) return 0;
  return shortestPath(schema, new Set([a]), new Set([b]))?.length ?? Infinity;
}
