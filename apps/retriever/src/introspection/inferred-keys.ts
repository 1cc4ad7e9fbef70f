import type { ColumnSnapshot, ForeignKey, TableSnapshot } from '#shared/contracts/snapshot';
import { aliasesOf, isGeneric, type KeyName, readingsOf } from './key-names.js';
import { doValuesAgree, familyOf, haveCompatibleTypes } from './key-values.js';
import { leastKept } from './sampling.js';

/** A column that alone tells the rows of its table apart. */
interface Target {
  table: TableSnapshot;
  column: ColumnSnapshot;
  name: KeyName;
  isPrimary: boolean;
}

/**
 * Foreign keys that the database does not declare, as names, types and sample values suggest them: a column that has the name
 * of another table's key, or is called after the table. Where two tables may be meant, none is.
 * @returns the tables, with the inferred keys behind the declared ones
 */
export function inferForeignKeys(tables: readonly TableSnapshot[]): TableSnapshot[] {
  const targets = new Targets(tables);
  return tables.map((table) => {
    const keyed = new Set(table.foreignKeys.flatMap((key) => key.columns));
    const inferred: ForeignKey[] = [];
    for (const column of table.columns) {
      const target = keyed.has(column.name) ? undefined : targets.meant(table, column);
      if (!target) continue;
      const [referencedTable, key] = [target.table.name, target.column.name];
      inferred.push({ columns: [column.name], referencedTable, referencedColumns: [key], inferred: true });
    }
    return inferred.length > 0 ? { ...table, foreignKeys: [...table.foreignKeys, ...inferred] } : table;
  });
}

class Targets {
  /** By the whole name of the key. */
  private readonly byName = new TargetMap();
  /** By what columns may call the table. */
  private readonly byAlias = new TargetMap();
  /** A column with as many sample values as any has others that were not sampled. */
  private mostSampled: number;

  constructor(tables: readonly TableSnapshot[]) {
    this.mostSampled = leastKept;
    for (const { columns } of tables)
      for (const { sampleValues = [] } of columns)
        this.mostSampled = Math.max(this.mostSampled, sampleValues.length);
    for (const table of tables) {
      const aliases = aliasesOf(table.name);
      for (const target of keysOf(table)) {
        if (!isGeneric(target.name.whole)) this.byName.add(target.name.whole, target);
        for (const alias of aliases) this.byAlias.add(alias, target);
      }
    }
  }

  meant(table: TableSnapshot, column: ColumnSnapshot): Target | undefined {
    if (familyOf(column.type) === 'none') return undefined;
    const readings = readingsOf(column.name);
    const [whole] = readings;
    if (!whole || isGeneric(whole.whole)) return undefined;
    const schema = schemaOf(table.name);
    const isOwnKey = table.primaryKey.length === 1 && table.primaryKey[0] === column.name;
    // The key of a table may be that of another as well, but has no role.
    for (const name of isOwnKey ? [whole] : readings) {
      const called = this.byAlias.find(
        name.stem,
        schema,
        (target) =>
          // Only in a role does a table reference itself.
          (name !== whole || target.table !== table) &&
          this.isCalled(name, target, column) &&
          this.fits(column, target),
      );
      const found =
        called.length > 0 || isOwnKey
          ? called
          : this.byName.find(
              name.whole,
              schema,
              (target) => target.table !== table && this.fits(column, target),
            );
      const [target, ...others] = primaryFirst(found);
      if (target) return others.length === 0 ? target : undefined;
    }
    return undefined;
  }

  /** Whether a column that is called after the target's table means this key of it. */
  private isCalled(
    { keyWord, whole }: KeyName,
    { name, isPrimary, column: key }: Target,
    column: ColumnSnapshot,
  ): boolean {
    if (keyWord === null) {
      // `customer` alone is a key where it is a number, or where its values say so: else it may be a name.
      return (
        isPrimary &&
        (familyOf(column.type) === 'number' || doValuesAgree(column, key, this.mostSampled) === true)
      );
    }
    if (name.whole === whole || name.whole === keyWord) return true;
    return isPrimary && (keyWord === 'id' || keyWord === 'fk');
  }

  private fits(column: ColumnSnapshot, { column: key }: Target): boolean {
    return (
      key !== column &&
      haveCompatibleTypes(column, key) &&
      doValuesAgree(column, key, this.mostSampled) !== false
    );
  }
}

/** So many tables of other schemas with one name are copies of each other: which is meant, nobody can tell. */
const mostFar = 50;

class TargetMap {
  private readonly near = new Map<string, Target[]>();
  private readonly all = new Map<string, Target[]>();

  add(name: string, target: Target): void {
    addTo(this.all, name, target);
    addTo(this.near, `${schemaOf(target.table.name)}\0${name}`, target);
  }

  /** Those of the schema, else those of all. */
  find(name: string, schema: string, isMeant: (target: Target) => boolean): Target[] {
    const all = this.all.get(name);
    if (!all) return [];
    const near = this.near.get(`${schema}\0${name}`)?.filter(isMeant) ?? [];
    return near.length > 0 || all.length > mostFar ? near : all.filter(isMeant);
  }
}

/** A primary key is meant rather than a unique one. */
function primaryFirst(targets: Target[]): Target[] {
  const primary = targets.filter((target) => target.isPrimary);
  return primary.length > 0 ? primary : targets;
}

function schemaOf(table: string): string {
  return table.slice(0, Math.max(0, table.lastIndexOf('.')));
}

function keysOf(table: TableSnapshot): Target[] {
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  const keys = new Map<string, boolean>();
  for (const [name, ...others] of table.uniqueKeys ?? [])
    if (name !== undefined && others.length === 0) keys.set(name, false);
  const [primary, ...others] = table.primaryKey;
  if (primary !== undefined && others.length === 0) keys.set(primary, true);
  return [...keys].flatMap(([key, isPrimary]): Target[] => {
    const column = columns.get(key);
    const [name] = readingsOf(key);
    return column && name ? [{ table, column, name, isPrimary }] : [];
  });
}

function addTo(map: Map<string, Target[]>, key: string, target: Target): void {
  const targets = map.get(key);
  if (targets) targets.push(target);
  else map.set(key, [target]);
}
