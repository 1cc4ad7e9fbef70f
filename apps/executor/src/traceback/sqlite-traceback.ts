import type { Traceback, TracebackClass } from '#shared/contracts/attempt';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { ambiguousColumnHint, unknownColumnHint, unknownTableHint } from './hint.js';

interface Rule {
  pattern: RegExp;
  class: TracebackClass;
  /** A fixed hint where the class has none made from the schema. */
  hint?: string;
}

/**
 * SQLite has one code for nearly every mistake, so its messages tell; they have been stable for many years.
 * The first group of a pattern is the name in question. The first rule that matches counts.
 */
const rules: readonly Rule[] = [
  { pattern: /no such (?:table|view|module|table-valued function): (.+)$/, class: 'unknown_table' },
  { pattern: /^'(.+)' is not a function$/, class: 'unknown_table' },
  { pattern: /no such column: (.+?)(?: - should this be .*)?$/, class: 'unknown_column' },
  { pattern: /cannot join using column (.+?) - /, class: 'unknown_column' },
  { pattern: /table \S+ has no column named (.+)$/, class: 'unknown_column' },
  { pattern: /ambiguous column name: (.+)$/, class: 'ambiguous_column' },
  { pattern: /ambiguous reference to (.+?) in USING/, class: 'ambiguous_column' },
  {
    pattern: /no such function: (.+)$/,
    class: 'function',
    hint: 'Use a function that SQLite has; dates go through strftime, date and julianday.',
  },
  { pattern: /wrong number of arguments to function (.+?)\(\)/, class: 'function' },
  {
    pattern:
      /(?:DISTINCT|FILTER|ORDER BY|OVER).* (?:not|may not|may only|must) .*(?:function|aggregate)|(.+)\(\) may not be used as a window function/,
    class: 'function',
  },
  { pattern: /unknown function: (.+)\(\)/, class: 'function' },
  {
    pattern: /(?:second|first|third) argument to (.+)\(\) (?:must|between)|argument of .* must be/,
    class: 'function',
  },
  {
    pattern: /misuse of (?:aliased )?(?:aggregate|window function)(?: function)?:? ?(.*)$/,
    class: 'grouping',
    hint: 'An aggregate stands in the select list, HAVING or ORDER BY of a grouped query; filter by it in HAVING, or compute it in a subquery.',
  },
  {
    pattern:
      /a GROUP BY clause is required before HAVING|HAVING clause on a non-aggregate query|aggregate functions are not allowed in the GROUP BY/,
    class: 'grouping',
    hint: 'Add GROUP BY, or move the condition to WHERE.',
  },
  {
    pattern:
      /datatype mismatch|integer overflow|malformed JSON|bad JSON path|JSON path error|JSON cannot hold BLOB/,
    class: 'type_mismatch',
  },
  {
    pattern: /string or blob too big|out of memory|row_too_large/,
    class: 'too_large',
    hint: 'Select fewer or shorter values.',
  },
  {
    pattern:
      /too many|tree is too large|pattern too complex|at most \d+ tables|parser stack overflow|too big|row is too/,
    class: 'too_large',
    hint: 'Write a shorter and flatter statement.',
  },
  {
    pattern:
      /syntax error|incomplete input|unrecognized token|unterminated|no tables specified|row value misused|circular reference|recursive reference|duplicate WITH|unknown join type|no such (?:window|collation|index)|cannot (?:override|use) |(?:ON|USING|NATURAL|LIMIT|ORDER BY|GROUP BY|VALUES|SELECTs|sub-select|RETURNING|JOIN|HAVING|PARTITION|frame|window|WITH|table|values|columns|not supported|not supported|RAISE|variable)\b/i,
    class: 'syntax',
  },
];

export interface SqliteFault {
  /** SQLite's result code. */
  code: number;
  message: string;
}

/** Result codes that speak for themselves whatever the message. */
const codeClasses = new Map<number, TracebackClass>([
  [7, 'too_large'],
  [18, 'too_large'],
  [20, 'type_mismatch'],
  [23, 'policy'],
]);

export function sqliteTraceback(
  fault: SqliteFault,
  sql: string,
  snapshot?: SchemaSnapshot | null,
): Traceback {
  for (const rule of rules) {
    const match = rule.pattern.exec(fault.message);
    if (!match) continue;
    const name = match[1];
    const hint = rule.hint ?? hintFor(rule.class, name, sql, snapshot);
    return finish(rule.class, fault.message, positionOf(fault.message, name, sql), hint);
  }
  return finish(codeClasses.get(fault.code & 0xff) ?? 'other', fault.message, undefined, undefined);
}

function finish(kind: TracebackClass, message: string, position?: number, hint?: string): Traceback {
  return { class: kind, message, ...(position === undefined ? {} : { position }), ...(hint ? { hint } : {}) };
}

function hintFor(
  kind: TracebackClass,
  name: string | undefined,
  sql: string,
  snapshot?: SchemaSnapshot | null,
): string | undefined {
  if (name === undefined) return undefined;
  if (kind === 'unknown_table') return unknownTableHint(name, snapshot);
  if (kind === 'unknown_column') return unknownColumnHint(name, sql, snapshot);
  if (kind === 'ambiguous_column') return ambiguousColumnHint(name, sql, snapshot);
  return undefined;
}

/** SQLite's API for the offset is out of reach, so a position is given only where the text leaves no doubt. */
function positionOf(message: string, name: string | undefined, sql: string): number | undefined {
  if (message.includes('incomplete input')) return sql.length;
  const wanted =
    /^near "(.+)": syntax error$/s.exec(message)?.[1] ??
    /^unrecognized token: "(.+)"$/s.exec(message)?.[1] ??
    name;
  if (!wanted) return undefined;
  const first = sql.toLowerCase().indexOf(wanted.toLowerCase());
  return first >= 0 && first === sql.toLowerCase().lastIndexOf(wanted.toLowerCase()) ? first : undefined;
}
