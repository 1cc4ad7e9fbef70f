import { hasSqlDetails, loadModule, parseSync } from 'libpg-query';
import type { Traceback } from '#shared/contracts/attempt';
import type { AccessPolicy } from '#shared/contracts/datasource';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { unknownTableHint } from '../traceback/hint.js';
import { deniedColumnOf } from './postgres-columns.js';
import { postgresFunctions } from './postgres-functions.js';
import { PostgresRelations } from './postgres-relations.js';
import { type Fields, isObject, nameParts, plainFields, readingNodes, unwrap } from './postgres-tree.js';
import type { ServerFacts } from './server-facts.js';

export interface PostgresGuardContext {
  policy: Pick<AccessPolicy, 'allowTables' | 'denyTables' | 'allowColumns' | 'denyColumns'>;
  facts: ServerFacts;
  snapshot?: SchemaSnapshot | null;
}

class Refused extends Error {
  constructor(readonly traceback: Traceback) {
    super(traceback.message);
  }
}

/** Deeper than people nest; the walk itself is recursive. */
const maxDepth = 400;

/**
 * Refuses whatever is not a single read of granted relations by granted functions, judged on the tree of the
 * server's own parser. Names are matched as the server folds them.
 */
export async function guardPostgres(sql: string, context: PostgresGuardContext): Promise<Traceback | null> {
  await loadModule();
  try {
    const statements = parse(sql);
    if (statements.length !== 1) refuse('policy', 'Only one statement is allowed.');
    const statement = statements[0];
    const node = isObject(statement) && isObject(statement['stmt']) ? unwrap(statement['stmt']) : null;
    if (node?.kind !== 'SelectStmt')
      refuse(
        'policy',
        `Only a SELECT, WITH or VALUES statement is allowed, not ${statementName(node?.kind)}.`,
      );
    new Walk(context).node(node.kind, node.fields, 0);
    const fault = deniedColumnOf(statement, context.policy, context.facts);
    if (fault) refuse('policy', fault, undefined, 'Name the columns that are needed, one by one.');
    return null;
  } catch (error) {
    if (error instanceof Refused) return inUnits(error.traceback, sql);
    throw error;
  }
}

/** Positions are kept in bytes, as the tree has them, until they leave. */
function inUnits(traceback: Traceback, sql: string): Traceback {
  if (traceback.position === undefined) return traceback;
  return { ...traceback, position: Buffer.from(sql).subarray(0, traceback.position).toString().length };
}

function parse(sql: string): unknown[] {
  try {
    return parseSync(sql).stmts ?? [];
  } catch (error) {
    if (hasSqlDetails(error)) {
      const at = error.sqlDetails?.cursorPosition ?? -1;
      throw new Refused({
        class: 'syntax',
        message: error.message,
        // Here the parser counts characters, at the tree's nodes bytes.
        ...(at >= 0 ? { position: Buffer.byteLength([...sql].slice(0, at).join('')) } : {}),
      });
    }
    throw new Refused({ class: 'syntax', message: `The statement cannot be parsed: ${String(error)}.` });
  }
}

function refuse(kind: Traceback['class'], message: string, location?: unknown, hint?: string): never {
  const position = typeof location === 'number' && location >= 0 ? { position: location } : {};
  throw new Refused({ class: kind, message, ...position, ...(hint ? { hint } : {}) });
}

function statementName(kind: string | undefined): string {
  return (kind ?? 'nothing')
    .replace(/Stmt$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

class Walk {
  private readonly relations: PostgresRelations;
  private readonly facts: ServerFacts;
  private readonly snapshot: SchemaSnapshot | null;
  /** Names of common table expressions that are in scope, innermost last. */
  private readonly scopes: Set<string>[] = [];

  constructor({ policy, facts, snapshot }: PostgresGuardContext) {
    this.relations = new PostgresRelations(policy, facts);
    this.facts = facts;
    this.snapshot = snapshot ?? null;
  }

  node(kind: string, fields: Fields, depth: number): void {
    if (depth > maxDepth) refuse('too_large', 'The statement is nested too deeply.');
    if (!readingNodes.has(kind))
      refuse('policy', `${statementName(kind)} is not allowed in a read.`, fields['location']);
    switch (kind) {
      case 'SelectStmt':
        return this.select(fields, depth);
      case 'RangeVar':
        this.relation(fields);
        break;
      case 'RangeTableSample':
        this.sample(fields);
        break;
      case 'FuncCall':
        this.call(fields);
        break;
      case 'ColumnRef':
        this.column(fields);
        break;
      case 'A_Indirection':
        this.indirection(fields);
        break;
      case 'A_Expr':
        this.operator(fields['name'], fields['location']);
        break;
      case 'SubLink':
        this.operator(fields['operName'], fields['location']);
        break;
      case 'SortBy':
        this.operator(fields['useOp'], fields['location']);
        break;
      case 'TypeName':
        this.type(fields);
        break;
      case 'SQLValueFunction':
        if (!/DATE|TIME/.test(String(fields['op'])))
          refuse('policy', 'The name of the user, role or schema may not be asked.', fields['location']);
        break;
      default:
    }
    this.children(fields, depth);
  }

  private children(fields: Fields, depth: number): void {
    for (const [name, value] of Object.entries(fields)) this.child(name, value, depth + 1);
  }

  private child(name: string, value: unknown, depth: number): void {
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) this.child(name, item, depth);
      return;
    }
    if (!isObject(value) || Object.keys(value).length === 0) return;
    const node = unwrap(value);
    if (node) return this.node(node.kind, node.fields, depth);
    const kind = plainFields.get(name);
    if (!kind) refuse('policy', `The clause ${name} is not allowed in a read.`);
    this.node(kind, value, depth);
  }

  private select(fields: Fields, depth: number): void {
    if (fields['intoClause']) refuse('policy', 'SELECT INTO makes a table; only reading is allowed.');
    if (fields['lockingClause']) refuse('policy', 'Rows may not be locked (FOR UPDATE, FOR SHARE).');
    const { withClause, ...rest } = fields;
    const scope = new Set<string>();
    this.scopes.push(scope);
    if (isObject(withClause)) this.with(withClause, scope, depth);
    this.children(rest, depth);
    this.scopes.pop();
  }

  /** Without RECURSIVE an expression sees only those before it; with it, all, itself included. */
  private with(clause: Fields, scope: Set<string>, depth: number): void {
    const expressions = (Array.isArray(clause['ctes']) ? (clause['ctes'] as unknown[]) : []).map((item) => {
      const node = isObject(item) ? unwrap(item) : null;
      if (node?.kind !== 'CommonTableExpr') refuse('policy', 'WITH may hold only queries.');
      return node.fields;
    });
    const names = expressions.map((fields) => String(fields['ctename']));
    if (clause['recursive']) for (const name of names) scope.add(name);
    expressions.forEach((fields, index) => {
      const query = isObject(fields['ctequery']) ? unwrap(fields['ctequery']) : null;
      if (query?.kind !== 'SelectStmt')
        refuse('policy', `WITH may hold only reads, not ${statementName(query?.kind)}.`, fields['location']);
      this.node('CommonTableExpr', fields, depth + 1);
      scope.add(names[index] ?? '');
    });
  }

  private relation(fields: Fields): void {
    const name = String(fields['relname']);
    const schema = typeof fields['schemaname'] === 'string' ? fields['schemaname'] : undefined;
    if (fields['catalogname']) refuse('policy', 'Other databases may not be read.', fields['location']);
    if (schema === undefined && this.scopes.some((scope) => scope.has(name))) return;
    if (this.relations.mayRead(schema, name)) return;
    const full = schema === undefined ? name : `${schema}.${name}`;
    refuse(
      'policy',
      `The table ${full} may not be read.`,
      fields['location'],
      unknownTableHint(name, this.snapshot),
    );
  }

  /** Methods of extensions are functions of theirs. */
  private sample(fields: Fields): void {
    const parts = nameParts(fields['method']);
    const name = parts.at(-1) ?? '';
    if (parts.length > 1 || !['bernoulli', 'system'].includes(name) || this.facts.foreignFunctions.has(name))
      refuse('policy', `Rows may not be sampled by ${parts.join('.')}.`, fields['location']);
  }

  private call(fields: Fields): void {
    const parts = nameParts(fields['funcname']);
    const name = parts.at(-1) ?? '';
    const schema = parts.length > 1 ? parts.at(-2) : undefined;
    if (parts.length <= 2 && this.mayCall(name, schema)) return;
    const known = this.facts.functionNames.size === 0 || this.facts.functionNames.has(name);
    refuse(
      known ? 'policy' : 'function',
      known
        ? `The function ${parts.join('.')} may not be called.`
        : `There is no function ${parts.join('.')}.`,
      fields['location'],
      known ? undefined : functionHint(name),
    );
  }

  private mayCall(name: string, schema: string | null | undefined): boolean {
    if (schema === 'pg_catalog') return postgresFunctions.has(name);
    if (this.facts.foreignFunctions.has(name)) return false;
    if (this.facts.extensionFunctions.has(name)) return true;
    return schema === undefined && postgresFunctions.has(name);
  }

  /** `t.f` is a column, or, where t has no such column, the call f(t). */
  private column(fields: Fields): void {
    const parts = nameParts(fields['fields']);
    const name = parts.at(-1);
    if (parts.length < 2 || !name || !this.facts.rowFunctions.has(name) || postgresFunctions.has(name))
      return;
    refuse('policy', `${parts.join('.')} would call the function ${name}.`, fields['location']);
  }

  /** `(x).f` calls f(x) for every x that is no row with such a field. */
  private indirection(fields: Fields): void {
    for (const name of nameParts(fields['indirection'])) {
      if (name === null) continue;
      const denied =
        this.facts.foreignFunctions.has(name) ||
        (this.facts.functionNames.has(name) && !postgresFunctions.has(name));
      if (
        denied ||
        (this.facts.functionNames.size === 0 && !postgresFunctions.has(name) && !this.isColumn(name))
      )
        refuse('policy', `(…).${name} would call the function ${name}.`);
    }
  }

  private isColumn(name: string): boolean {
    return (
      this.snapshot?.tables.some((table) => table.columns.some((column) => column.name === name)) ?? false
    );
  }

  private operator(value: unknown, location: unknown): void {
    const parts = nameParts(value);
    const name = parts.at(-1);
    if (!name) return;
    const qualified = parts.length > 1 && parts[0] !== 'pg_catalog';
    if (qualified || (parts.length === 1 && this.facts.foreignOperators.has(name)))
      refuse('policy', `The operator ${parts.join('.')} may not be used.`, location);
  }

  private type(fields: Fields): void {
    const parts = nameParts(fields['names']);
    const name = parts.at(-1) ?? '';
    const readsCatalogue = /^reg(?!config$)/.test(name);
    const isForeign = typesOf(name).some((type) => this.facts.foreignTypes.has(type));
    if (readsCatalogue || isForeign)
      refuse('policy', `Values may not be cast to ${name}.`, fields['location']);
    this.rowType(parts, fields['location']);
  }

  /** The type of a table's rows, or of arrays of them, tells the table's columns. */
  private rowType(parts: readonly (string | null)[], location: unknown): void {
    const schema = parts.length > 1 ? (parts.at(-2) ?? undefined) : undefined;
    const name = parts.at(-1) ?? '';
    for (const table of typesOf(name)) {
      const isTable = (schema === undefined ? this.facts.searchPath : [schema]).some((one) =>
        this.facts.columns.has(`${one}.${table}`),
      );
      if (isTable && !this.relations.mayRead(schema, table))
        refuse('policy', `The table ${table} may not be read.`, location);
    }
  }
}

/** `_name` is also the type of arrays of `name`. */
function typesOf(name: string): string[] {
  return [name, name.replace(/^_+/, '')];
}

/** Functions of other dialects that models write, and what PostgreSQL has for them. */
const equivalents: Readonly<Record<string, string>> = {
  strftime: 'to_char, date_trunc or EXTRACT',
  year: 'EXTRACT(YEAR FROM …)',
  month: 'EXTRACT(MONTH FROM …)',
  day: 'EXTRACT(DAY FROM …)',
  ifnull: 'COALESCE',
  nvl: 'COALESCE',
  iif: 'CASE WHEN',
  if: 'CASE WHEN',
  group_concat: 'string_agg',
  instr: 'strpos',
  julianday: 'the difference of two dates',
  datediff: 'the difference of two dates',
  date_format: 'to_char',
  getdate: 'now()',
  curdate: 'CURRENT_DATE',
  len: 'length',
  isnull: 'COALESCE or IS NULL',
};

function functionHint(name: string): string | undefined {
  const equivalent = equivalents[name];
  return equivalent && `PostgreSQL has ${equivalent} for it.`;
}
