import { Dialect, init, parse } from '@polyglot-sql/sdk';

export interface Relation {
  schema: string | null;
  name: string;
}

/** The parser cannot make a read of the text. */
export class UnreadableError extends Error {}

type Node = Record<string, unknown>;

const reads: ReadonlySet<string> = new Set([
  'select',
  'union',
  'intersect',
  'except',
  'subquery',
  'paren',
  'values',
]);
const deepest = 400;

/** Relations that the statement reads, names of common table expressions resolved by scope. */
export async function relationsOf(sql: string): Promise<Relation[]> {
  await init();
  const statements = parsed(sql);
  const [statement] = statements;
  if (statements.length !== 1 || !isNode(statement))
    throw new UnreadableError('The statement cannot be parsed.');
  const [kind = ''] = Object.keys(statement);
  if (!reads.has(kind)) throw new UnreadableError(`Only a read is allowed, not ${kind.toUpperCase()}.`);
  const found: Relation[] = [];
  walk(statement, [], found, 0);
  return found;
}

function parsed(sql: string): unknown[] {
  const result = parse(sql, Dialect.MySQL) as { success: boolean; ast?: unknown; error?: string };
  if (!result.success)
    throw new UnreadableError(`The statement cannot be parsed: ${result.error ?? 'no reason given'}`);
  const tree: unknown = typeof result.ast === 'string' ? JSON.parse(result.ast) : result.ast;
  return Array.isArray(tree) ? tree : [];
}

function walk(
  value: unknown,
  scopes: readonly ReadonlySet<string>[],
  found: Relation[],
  depth: number,
): void {
  if (depth > deepest) throw new UnreadableError('The statement is nested too deeply.');
  if (Array.isArray(value)) {
    for (const item of value) walk(item, scopes, found, depth + 1);
    return;
  }
  if (!isNode(value)) return;
  const inner = isNode(value['with']) ? withScope(value['with'], scopes, found, depth) : scopes;
  const relation = relationIn(value);
  if (relation) note(relation, scopes, found);
  for (const [key, child] of Object.entries(value)) {
    if (key !== 'with') walk(child, inner, found, depth + 1);
  }
}

/** Without RECURSIVE an expression sees only those before it; with it, all, itself included. */
function withScope(
  clause: Node,
  outer: readonly ReadonlySet<string>[],
  found: Relation[],
  depth: number,
): readonly ReadonlySet<string>[] {
  const scope = new Set<string>();
  const scopes = [...outer, scope];
  const expressions = (Array.isArray(clause['ctes']) ? clause['ctes'] : []).filter(isNode);
  const nameOf = (expression: Node): string => (identifier(expression['alias']) ?? '').toLowerCase();
  if (clause['recursive']) for (const expression of expressions) scope.add(nameOf(expression));
  for (const expression of expressions) {
    walk(expression, scopes, found, depth + 1);
    scope.add(nameOf(expression));
  }
  return scopes;
}

function note(relation: Relation, scopes: readonly ReadonlySet<string>[], found: Relation[]): void {
  const isExpression =
    relation.schema === null && scopes.some((scope) => scope.has(relation.name.toLowerCase()));
  if (!isExpression) found.push(relation);
}

/** A reference to a table is the one node `table` that is no bare identifier. */
function relationIn(value: Node): Relation | null {
  const table = value['table'];
  if (!isNode(table) || !('schema' in table)) return null;
  const name = identifier(table['name']);
  if (name === null) throw new UnreadableError('The statement cannot be parsed.');
  if (table['catalog']) throw new UnreadableError('Other databases may not be read.');
  return { schema: identifier(table['schema']), name };
}

function identifier(value: unknown): string | null {
  return isNode(value) && typeof value['name'] === 'string' ? value['name'] : null;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
