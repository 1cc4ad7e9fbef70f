import type { Dialect } from '#shared/contracts/datasource';

/** A literal of a statement that another can take the place of. */
export interface SqlLiteral {
  kind: 'number' | 'text';
  start: number;
  end: number;
  /** The number, or the text without the per cent signs around it. */
  value: string;
  /** Of a pattern of LIKE: what stands around its value. */
  before: string;
  after: string;
  isPattern: boolean;
}

/** What to look a name up in: a text in double quotes is a name where there is one, else a literal. */
export interface SchemaNames {
  readonly dialect: Dialect;
  isName(text: string): boolean;
}

/** Comments, escapes, dollar quotes and parameters: what looks like a literal may be none. */
const unclear = /\\|\$|--|\/\*|#|\?|\0/;
const pieces =
  /(?<prefix>[\p{L}\p{N}_&]?)'(?<text>(?:[^']|'')*)'|"(?<double>(?:[^"]|"")*)"|`[^`]*`|\[[^\]]*\]|(?<![\p{L}\p{N}_.:@])(?<number>\d+(?:\.\d+)?)(?![\p{L}\p{N}_.])/gu;
/** `ORDER BY 2` names a column. */
const ordinal = /\b(?:order|group)\s+by\s+(?:[^()]*,\s*)?$/i;

/** The literals of a statement in their order; none where one cannot be sure of them. */
export function sqlLiterals(sql: string, names: SchemaNames): SqlLiteral[] {
  if (unclear.test(sql)) return [];
  const found: SqlLiteral[] = [];
  for (const { index, 0: whole, groups = {} } of sql.matchAll(pieces)) {
    const { prefix, text, double, number } = groups;
    const before = sql.slice(0, index);
    const end = index + whole.length;
    if (number !== undefined) {
      if (!ordinal.test(before))
        found.push({ kind: 'number', start: index, end, value: number, ...noPattern });
    } else if (text !== undefined) {
      // E'…', X'…' and the like have rules of their own.
      if (prefix !== '') return [];
      found.push({ start: index, end, ...textOf(text.replaceAll("''", "'"), before) });
    } else if (double !== undefined && isText(double, before, names)) {
      found.push({ start: index, end, ...textOf(double.replaceAll('""', '"'), before) });
    }
  }
  return found;
}

/** The statement with other values in the place of the literals: always whole literals, whatever is in them. */
export function bindLiterals(sql: string, bindings: ReadonlyMap<SqlLiteral, string>): string {
  return [...bindings]
    .sort(([a], [b]) => b.start - a.start)
    .reduce(
      (text, [literal, value]) =>
        text.slice(0, literal.start) + written(literal, value) + text.slice(literal.end),
      sql,
    );
}

/** Whether a value can stand there: engines differ on backslashes, and in a pattern most signs mean something. */
export function canBind({ kind, isPattern }: SqlLiteral, value: string): boolean {
  if (kind === 'number') return /^\d+(?:\.\d+)?$/.test(value);
  if (value === '' || value.length > 200 || /[\\\p{Cc}]/u.test(value)) return false;
  return !isPattern || /^[\p{L}\p{M}\p{N} ',&-]+$/u.test(value);
}

const noPattern = { before: '', after: '', isPattern: false };

/** In single quotes: what was a text in double quotes could become a name with another value. */
function written({ kind, before, after }: SqlLiteral, value: string): string {
  return kind === 'number' ? value : `'${before}${value.replaceAll("'", "''")}${after}'`;
}

function textOf(text: string, before: string): Omit<SqlLiteral, 'start' | 'end'> {
  const isPattern = /\b(?:like|ilike|glob|similar\s+to|regexp|rlike)\s*$/i.test(before);
  if (!isPattern) return { kind: 'text', value: text, ...noPattern };
  const [, start = '', value = '', end = ''] = /^(%*)(.*?)(%*)$/s.exec(text) ?? [];
  return { kind: 'text', value, before: start, after: end, isPattern };
}

/** Names that the statement itself gives stand after AS. */
function isText(text: string, before: string, names: SchemaNames): boolean {
  return names.dialect !== 'postgres' && !/\bas\s*$/i.test(before) && !names.isName(text);
}
