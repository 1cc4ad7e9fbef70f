import type { SchemaSnapshot } from '#shared/contracts/snapshot';

export interface JoinEdge {
  from: string;
  to: string;
  /** The join condition, as `a.x = b.y`, joined by ` and ` for composite keys. */
  condition: string;
}

/** The foreign keys of a snapshot as an undirected graph over table names. */
export class JoinGraph {
  private readonly edges = new Map<string, JoinEdge[]>();

  constructor(snapshot: SchemaSnapshot) {
    for (const table of snapshot.tables) {
      for (const key of table.foreignKeys) {
        const condition = key.columns
          .map(
            (column, index) =>
              `${table.name}.${column} = ${key.referencedTable}.${key.referencedColumns[index] ?? ''}`,
          )
          .join(' and ');
        this.add({ from: table.name, to: key.referencedTable, condition });
        if (table.name !== key.referencedTable)
          this.add({ from: key.referencedTable, to: table.name, condition });
      }
    }
  }

  /** Tables on the shortest paths that connect the first table with each of the others, the given ones left out. */
  closure(tables: readonly string[]): string[] {
    const given = new Set(tables);
    const found = new Set<string>();
    const [first, ...others] = tables;
    if (first === undefined) return [];
    const origins = this.breadthFirst(first, others);
    for (const table of others) {
      for (let step = origins.get(table); step !== undefined && step !== first; step = origins.get(step)) {
        if (!given.has(step)) found.add(step);
      }
    }
    return [...found];
  }

  /** The join conditions among the tables, each once. */
  conditions(tables: readonly string[]): string[] {
    const given = new Set(tables);
    const inside = tables.flatMap((table) =>
      (this.edges.get(table) ?? []).filter((edge) => given.has(edge.to)),
    );
    return [...new Set(inside.map((edge) => edge.condition))];
  }

  /** For the tables that are nearer than the last wanted one, the one that each was reached from. */
  private breadthFirst(start: string, wanted: readonly string[]): Map<string, string> {
    const origins = new Map<string, string>();
    const missing = new Set(wanted);
    missing.delete(start);
    const reached = [start];
    for (const table of reached) {
      if (missing.size === 0) break;
      for (const { to } of this.edges.get(table) ?? []) {
        if (to === start || origins.has(to)) continue;
        origins.set(to, table);
        missing.delete(to);
        reached.push(to);
      }
    }
    return origins;
  }

  private add(edge: JoinEdge): void {
    const edges = this.edges.get(edge.from) ?? [];
    edges.push(edge);
    this.edges.set(edge.from, edges);
  }
}
