import type { Traceback, TracebackClass } from '#shared/contracts/attempt';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { ambiguousColumnHint, unknownColumnHint, unknownTableHint } from './hint.js';

/** An error of the server, as `pg` hands it over. */
export interface PostgresFault {
  code: string;
  message: string;
  /** Characters from 1. */
  position?: string | undefined;
  hint?: string | undefined;
  detail?: string | undefined;
}

export function isPostgresFault(error: unknown): error is PostgresFault {
  return (
    error instanceof Error && 'severity' in error && typeof (error as { code?: unknown }).code === 'string'
  );
}

/** SQLSTATE, or its class of two characters, to the traceback's class. The longer match counts. */
const classes: Readonly<Record<string, TracebackClass>> = {
  '42601': 'syntax', // syntax error
  '42P01': 'unknown_table',
  '3F000': 'unknown_table', // no such schema
  '42P02': 'syntax', // no such parameter
  '42703': 'unknown_column',
  '42702': 'ambiguous_column',
  '42P09': 'ambiguous_column', // ambiguous alias
  '42712': 'syntax', // the same alias twice
  '42701': 'syntax', // the same column twice
  '42883': 'function', // operators have the same code
  '42725': 'function', // ambiguous function
  '42809': 'function', // not that kind of object
  '42P20': 'grouping', // window functions where they cannot stand
  '42803': 'grouping',
  '42804': 'type_mismatch',
  '42846': 'type_mismatch', // cannot be cast
  '42P18': 'type_mismatch', // type cannot be told
  '42P21': 'type_mismatch', // collations
  '42P22': 'type_mismatch',
  '42704': 'type_mismatch', // no such type or collation
  '42P10': 'syntax', // wrong column reference, in ORDER BY of DISTINCT
  '42611': 'syntax',
  '42622': 'syntax', // name too long
  '42P19': 'syntax', // invalid recursion
  '42602': 'syntax',
  '21000': 'other', // more than one row from a subquery
  '22': 'type_mismatch', // data exceptions
  '0A': 'syntax', // not supported
  '42501': 'policy', // no privilege
  '25006': 'policy', // a write in a transaction that only reads
  '25': 'policy',
  '53': 'too_large', // memory, disk, temp_file_limit
  '54': 'too_large', // too complex, stack depth
  '57014': 'timeout', // cancelled
  '55P03': 'timeout', // lock not got
  XX000: 'too_large', // an allocation past what one may be; else see classOf
};

/** What a retry may mend and a correction cannot: the connection, the server's state, the credentials. */
const unreachable = ['08', '28', '3D', '57P', '58', '53300', '40', 'XX001', 'XX002'];

export function isUnreachable(fault: PostgresFault): boolean {
  return unreachable.some((prefix) => fault.code.startsWith(prefix));
}

export function postgresTraceback(
  fault: PostgresFault,
  sql: string,
  snapshot?: SchemaSnapshot | null,
): Traceback {
  const kind = classOf(fault);
  const position = fault.position === undefined ? undefined : unitOffset(sql, Number(fault.position) - 1);
  const hint = hintFor(kind, fault, sql, snapshot);
  const message = fault.detail && kind !== 'policy' ? `${fault.message} (${fault.detail})` : fault.message;
  return {
    class: kind,
    message,
    ...(position === undefined ? {} : { position }),
    ...(hint ? { hint } : {}),
  };
}

function classOf({ code, message }: PostgresFault): TracebackClass {
  if (code === '42883' && message.startsWith('operator')) return 'type_mismatch';
  if (code === 'XX000' && !message.includes('memory')) return 'other';
  if (code === '21000') return message.includes('subquery') ? 'grouping' : 'other';
  return classes[code] ?? classes[code.slice(0, 2)] ?? 'other';
}

/** The server counts characters, JavaScript UTF-16 units. */
function unitOffset(sql: string, characters: number): number {
  return [...sql].slice(0, Math.max(0, characters)).join('').length;
}

function hintFor(
  kind: TracebackClass,
  fault: PostgresFault,
  sql: string,
  snapshot?: SchemaSnapshot | null,
): string | undefined {
  const name = nameIn(fault.message);
  switch (kind) {
    case 'unknown_table':
      return missingFrom(fault) ?? (name && unknownTableHint(name, snapshot));
    case 'unknown_column':
      return name && unknownColumnHint(name, sql, snapshot);
    case 'ambiguous_column':
      return ambiguousColumnHint(name ?? '', sql, snapshot);
    case 'grouping':
      return fault.hint ?? 'Add the column to GROUP BY or aggregate it; filter by an aggregate in HAVING.';
    case 'type_mismatch':
    case 'function':
      return fault.hint ?? 'Cast the values to the type that the function or operator takes.';
    default:
      return fault.hint;
  }
}

/** `missing FROM-clause entry for table "x"` names an alias rather than a table. */
function missingFrom({ message }: PostgresFault): string | undefined {
  const alias =
    /^(?:missing FROM-clause entry|invalid reference to FROM-clause entry) for table "(.+)"$/.exec(
      message,
    )?.[1];
  return alias && `Put ${alias} into FROM or a JOIN, or use the alias that stands there.`;
}

function nameIn(message: string): string | undefined {
  return (
    /^(?:relation|schema|column|column reference|table) "(.+?)"/.exec(message)?.[1] ??
    /^column (\S+) does not exist/.exec(message)?.[1]
  );
}
