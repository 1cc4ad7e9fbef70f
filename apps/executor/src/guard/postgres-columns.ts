import { type AccessPolicy, hiddenColumns } from '#shared/contracts/datasource';
import { type Fields, isObject, nameParts, unwrap } from './postgres-tree.js';
import type { ServerFacts } from './server-facts.js';

/** What every table has besides its own. */
const systemColumns = ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'];

interface Reading {
  name: string;
  schema: string | undefined;
  alias: string | undefined;
  renames: boolean;
}

/** What a statement names, wherever it stands. */
class Names {
  readonly readings: Reading[] = [];
  readonly aliases: string[] = [];
  readonly columns: (string | null)[][] = [];
  readonly called: (string | null)[] = [];
  readonly joined: (string | null)[] = [];
  hasNaturalJoin = false;
  hasNamedJoin = false;

  constructor(tree: unknown) {
    this.collect(tree);
  }

  private collect(value: unknown): void {
    if (Array.isArray(value)) for (const item of value as unknown[]) this.collect(item);
    else if (isObject(value)) {
      const node = unwrap(value);
      if (node) this.note(node.kind, node.fields);
      for (const child of Object.values(value)) this.collect(child);
    }
  }

  private note(kind: string, fields: Fields): void {
    switch (kind) {
      case 'RangeVar':
        this.readings.push(readingOf(fields));
        return;
      case 'ColumnRef':
        this.columns.push(nameParts(fields['fields']));
        return;
      case 'A_Indirection':
        this.columns.push(...fieldsOf(fields['indirection']).map((name) => [name]));
        return;
      case 'FuncCall':
        this.called.push(nameParts(fields['funcname']).at(-1) ?? null);
        return;
      case 'JoinExpr':
        this.hasNaturalJoin ||= fields['isNatural'] === true;
        this.hasNamedJoin ||= isObject(fields['alias']);
        this.joined.push(...nameParts(fields['usingClause']));
        return;
      default:
    }
  }
}

/** Of `(x).a[1].*` the fields, null for a star; places in arrays are none. */
function fieldsOf(indirection: unknown): (string | null)[] {
  if (!Array.isArray(indirection)) return [];
  return indirection
    .filter((part: unknown) => isObject(part) && !('A_Indices' in part))
    .flatMap((part: unknown) => nameParts([part]));
}

function readingOf(fields: Fields): Reading {
  const alias = isObject(fields['alias']) ? fields['alias'] : {};
  return {
    name: String(fields['relname']),
    schema: typeof fields['schemaname'] === 'string' ? fields['schemaname'] : undefined,
    alias: typeof alias['aliasname'] === 'string' ? alias['aliasname'] : undefined,
    renames: Array.isArray(alias['colnames']),
  };
}

/**
 * Why a statement could read a denied column, or null. Without the server's catalogue of columns not every name can be
 * resolved, so a statement that reads a table with denied columns must name its columns one by one: whatever stands for
 * whole rows, or gives columns other names, is refused, and so is every column of a denied one's name.
 */
export function deniedColumnOf(
  tree: unknown,
  policy: Pick<AccessPolicy, 'allowColumns' | 'denyColumns'>,
  facts: ServerFacts,
): string | null {
  const denied = deniedByTable(policy, facts);
  if (denied.size === 0) return null;
  const names = new Names(tree);
  const touched = names.readings.filter((reading) =>
    fullNames(reading, facts).some((name) => denied.has(name)),
  );
  for (const reading of names.readings)
    for (const name of fullNames(reading, facts))
      if (!denied.has(name) && [...(facts.reach.get(name) ?? [])].some((reached) => denied.has(reached)))
        return `${reading.name} reads a table with columns that may not be read.`;
  if (touched.length === 0) return null;
  const columns = new Set(
    touched.flatMap((one) => fullNames(one, facts)).flatMap((name) => [...(denied.get(name) ?? [])]),
  );
  return faultOf(names, touched, columns);
}

function faultOf(names: Names, touched: readonly Reading[], columns: ReadonlySet<string>): string | null {
  const refused = (name: string | null | undefined) =>
    name !== null && name !== undefined && columns.has(name);
  const rows = new Set(touched.flatMap(({ name, alias }) => [name, alias]));
  for (const parts of names.columns) {
    const found = parts.find(refused);
    if (typeof found === 'string') return `The column ${found} may not be read.`;
    if (parts.includes(null)) return 'The table has columns that may not be read: * is not allowed.';
    if (rows.has(parts.at(-1) ?? undefined))
      return 'The table has columns that may not be read: whole rows are not allowed.';
  }
  const found = [...names.called, ...names.joined].find(refused);
  if (typeof found === 'string') return `The column ${found} may not be read.`;
  if (names.hasNaturalJoin) return 'The table has columns that may not be read: NATURAL JOIN is not allowed.';
  if (names.hasNamedJoin || touched.some(({ renames }) => renames))
    return 'The table has columns that may not be read: its columns may not be renamed in FROM.';
  return null;
}

/** Denied columns by `schema.table`, with the partitions and children of each table. */
function deniedByTable(
  policy: Pick<AccessPolicy, 'allowColumns' | 'denyColumns'>,
  facts: ServerFacts,
): Map<string, Set<string>> {
  const full = (names: readonly string[] | undefined) => names?.flatMap((name) => fullColumns(name, facts));
  return hiddenColumns(
    { allowColumns: full(policy.allowColumns), denyColumns: full(policy.denyColumns) },
    (table) => [...(facts.columns.get(table) ?? []), ...systemColumns],
  );
}

/** `schema.table.column` of everything that an entry of the policy means. */
function fullColumns(entry: string, facts: ServerFacts): string[] {
  const dot = entry.lastIndexOf('.');
  const table = entry.slice(0, dot);
  const tables = table.includes('.') ? [table] : facts.searchPath.map((schema) => `${schema}.${table}`);
  return tables
    .flatMap((name) => [name, ...(facts.reach.get(name) ?? [])])
    .map((name) => name + entry.slice(dot));
}

function fullNames({ schema, name }: Reading, facts: ServerFacts): string[] {
  return schema === undefined ? facts.searchPath.map((one) => `${one}.${name}`) : [`${schema}.${name}`];
}
