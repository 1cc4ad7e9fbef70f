import type { FieldPacket } from 'mysql2';
import type { Cell, ResultColumn } from '#shared/contracts/query';

/** The protocol's numbers of types, with the names that people know; 63 is the character set `binary`. */
const names: Readonly<Record<number, string>> = {
  0: 'decimal',
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'float',
  5: 'double',
  6: 'null',
  7: 'timestamp',
  8: 'bigint',
  9: 'mediumint',
  10: 'date',
  11: 'time',
  12: 'datetime',
  13: 'year',
  15: 'varchar',
  16: 'bit',
  245: 'json',
  246: 'decimal',
  247: 'enum',
  248: 'set',
  249: 'tinyblob',
  250: 'mediumblob',
  251: 'longblob',
  252: 'blob',
  253: 'varchar',
  254: 'char',
  255: 'geometry',
};
const binaryCharset = 63;

export function columnOf(field: FieldPacket): ResultColumn {
  const { columnType = 6, characterSet } = field as FieldPacket & { characterSet?: number };
  const name = names[columnType] ?? '';
  if (characterSet === binaryCharset) return { name: field.name, type: name.replace('char', 'binary') };
  return { name: field.name, type: name.replace(/(?:tiny|medium|long)?blob/, 'text') };
}

/** What the driver made of a value, as JSON carries it. */
export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  if (Buffer.isBuffer(value)) return value.toString('base64');
  return JSON.stringify(value);
}
