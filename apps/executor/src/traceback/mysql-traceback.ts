import type { Traceback, TracebackClass } from '#shared/contracts/attempt';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { ambiguousColumnHint, unknownColumnHint, unknownTableHint } from './hint.js';

/** An error of the server, as `mysql2` hands it over. */
export interface MysqlFault {
  errno: number;
  message: string;
}

export function isMysqlFault(error: unknown): error is MysqlFault & Error {
  return (
    error instanceof Error && 'sqlState' in error && typeof (error as { errno?: unknown }).errno === 'number'
  );
}

/** The server's error numbers to the traceback's class. MySQL and MariaDB share those below 1900 and 3000. */
const classes: Readonly<Record<number, TracebackClass>> = {
  1064: 'syntax',
  1065: 'syntax', // empty
  1149: 'syntax',
  1103: 'syntax', // wrong table name
  1166: 'syntax', // wrong column name
  1059: 'syntax', // name too long
  1060: 'syntax', // the same column twice
  1066: 'syntax', // the same alias twice
  1221: 'syntax', // clauses that do not go together
  1222: 'syntax', // UNION of other numbers of columns
  1234: 'syntax',
  1235: 'syntax', // not supported yet
  1241: 'syntax', // operand should contain n columns
  1248: 'syntax', // a derived table without an alias
  1353: 'syntax',
  1210: 'syntax',
  3577: 'syntax', // recursive expression
  3578: 'syntax',
  3579: 'syntax',
  3580: 'syntax',
  4005: 'syntax', // MariaDB: recursion
  4006: 'syntax',
  4007: 'syntax',
  4008: 'syntax',
  1747: 'syntax', // partitions of a table that has none
  4124: 'syntax', // MariaDB: history of a table that keeps none
  1327: 'unknown_column', // undeclared variable
  1046: 'unknown_table', // no database
  1049: 'unknown_table',
  1051: 'unknown_table',
  1109: 'unknown_table',
  1146: 'unknown_table',
  1347: 'unknown_table',
  1054: 'unknown_column',
  1247: 'unknown_column', // reference to an alias
  1052: 'ambiguous_column',
  1305: 'function', // no such function
  1128: 'function',
  1582: 'function', // wrong number of arguments
  1583: 'function',
  1584: 'function',
  1318: 'function',
  3593: 'grouping', // window functions where they cannot stand
  3594: 'grouping',
  4015: 'grouping',
  4016: 'grouping',
  1055: 'grouping',
  1056: 'grouping',
  1111: 'grouping', // aggregates where they cannot stand
  1140: 'grouping',
  1242: 'grouping', // more than one row from a subquery
  3029: 'grouping',
  1264: 'type_mismatch',
  1267: 'type_mismatch', // collations
  1270: 'type_mismatch',
  1271: 'type_mismatch',
  1292: 'type_mismatch',
  1366: 'type_mismatch',
  1411: 'type_mismatch',
  1690: 'type_mismatch', // out of range
  1525: 'type_mismatch',
  1367: 'type_mismatch', // a number that is none
  4161: 'type_mismatch', // MariaDB: no such type
  1139: 'type_mismatch', // regular expression
  3140: 'type_mismatch', // JSON
  3141: 'type_mismatch',
  3143: 'type_mismatch',
  4038: 'type_mismatch',
  1317: 'timeout', // interrupted
  1969: 'timeout', // MariaDB
  3024: 'timeout', // MySQL
  1205: 'timeout', // lock not got
  1021: 'too_large', // disk full
  1037: 'too_large',
  1038: 'too_large', // sort memory
  1041: 'too_large',
  1104: 'too_large', // too many rows to look at
  1114: 'too_large', // table is full
  1116: 'too_large', // too many tables
  1117: 'too_large', // too many columns
  1118: 'too_large',
  1119: 'too_large', // stack
  1153: 'too_large', // packet
  1301: 'too_large',
  1260: 'too_large', // GROUP_CONCAT was cut
  1436: 'too_large',
  1931: 'too_large', // rows examined
  3636: 'too_large', // recursion
  1290: 'policy', // an option of the server forbids it
  1044: 'policy',
  1142: 'policy',
  1143: 'policy',
  1227: 'policy',
  1370: 'policy',
  1792: 'policy', // a write in a transaction that only reads
};

/** What a retry may mend and a correction cannot: the connection, the server's state, the credentials. */
const unreachable: ReadonlySet<number> = new Set([
  1040, 1042, 1043, 1045, 1053, 1129, 1130, 1152, 1158, 1159, 1160, 1161, 1203, 1213, 1226, 2013,
]);

export function isUnreachableMysql(fault: MysqlFault): boolean {
  return unreachable.has(fault.errno);
}

export function mysqlTraceback(fault: MysqlFault, sql: string, snapshot?: SchemaSnapshot | null): Traceback {
  const { errno, message } = fault;
  const kind = isMissing(errno, message, snapshot) ? 'unknown_table' : (classes[errno] ?? 'other');
  const position = positionOf(message, sql);
  const hint = hintFor(kind, message, sql, snapshot);
  return { class: kind, message, ...(position !== undefined && { position }), ...(hint && { hint }) };
}

const ungranted = /for table (?:`[^`]*`\.)?[`']([^`']+)[`']$/;

/** Where the account may read single tables only, the server says of a table that is not there that it may not be read. */
function isMissing(errno: number, message: string, snapshot?: SchemaSnapshot | null): boolean {
  const table = errno === 1142 ? ungranted.exec(message)?.[1] : undefined;
  return table !== undefined && snapshot?.tables.every(({ name }) => name !== table) === true;
}

function hintFor(
  kind: TracebackClass,
  message: string,
  sql: string,
  snapshot?: SchemaSnapshot | null,
): string | undefined {
  const name = (ungranted.exec(message) ?? /'(?:[^'.]+\.)*([^'.]+)'/.exec(message))?.[1] ?? '';
  switch (kind) {
    case 'unknown_table':
      return unknownTableHint(name, snapshot);
    case 'unknown_column':
      return unknownColumnHint(name, sql, snapshot);
    case 'ambiguous_column':
      return ambiguousColumnHint(name, sql, snapshot);
    case 'grouping':
      return 'Add the column to GROUP BY or aggregate it; filter by an aggregate in HAVING.';
    case 'syntax':
      return 'Names are quoted with backticks or double quotes, strings with single quotes.';
    default:
      return undefined;
  }
}

/** `… near 'FRM t' at line 1`: the server repeats the text from where it stopped, cut at 80 characters. */
function positionOf(message: string, sql: string): number | undefined {
  const rest = /near '(.+?)' at line \d+$/s.exec(message)?.[1];
  const name = /^Unknown (?:column|table) '([^']+)'/.exec(message)?.[1];
  const at = sql.indexOf(rest ?? name ?? '\0');
  return at < 0 ? undefined : at;
}
