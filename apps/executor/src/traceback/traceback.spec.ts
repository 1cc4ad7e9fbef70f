import { describe, expect, it } from '@jest/globals';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { mysqlTraceback } from './mysql-traceback.js';
import { isUnreachable, postgresTraceback } from './postgres-traceback.js';
import { sqliteTraceback } from './sqlite-traceback.js';

const column = (name: string) => ({ name, type: 'TEXT', nullable: true });
const snapshot: SchemaSnapshot = {
  dialect: 'sqlite',
  fingerprint: 'f',
  takenAt: '2024-01-01T00:00:00Z',
  tables: [
    {
      name: 'pets',
      kind: 'table',
      columns: ['pet_id', 'pet_type', 'weight'].map(column),
      primaryKey: [],
      foreignKeys: [],
    },
    {
      name: 'owners',
      kind: 'table',
      columns: ['owner_id', 'city'].map(column),
      primaryKey: [],
      foreignKeys: [],
    },
  ],
};

describe('hints', () => {
  it('name the column that was meant and where another one lies', () => {
    const sql = 'SELECT p.kind, p.city FROM pets AS p';
    expect(sqliteTraceback({ code: 1, message: 'no such column: p.city' }, sql, snapshot)).toEqual({
      class: 'unknown_column',
      message: 'no such column: p.city',
      position: 15,
      hint: 'city is a column of owners. pets has the columns pet_id, pet_type, weight.',
    });
    expect(
      sqliteTraceback({ code: 1, message: 'no such column: PetType' }, 'SELECT PetType FROM pets', snapshot)
        .hint,
    ).toMatch(/^Did you mean pets.pet_type\?/);
  });

  it('list the tables when none is near', () => {
    expect(
      sqliteTraceback({ code: 1, message: 'no such table: invoices' }, 'SELECT 1 FROM invoices', snapshot)
        .hint,
    ).toBe('The tables are: pets, owners.');
  });
});

describe("SQLite's errors", () => {
  it.each([
    ['near "FORM": syntax error', 'syntax'],
    ['incomplete input', 'syntax'],
    ['unrecognized token: "#"', 'syntax'],
    ['SELECTs to the left and right of UNION do not have the same number of result columns', 'syntax'],
    ['ORDER BY clause should come after EXCEPT not before', 'syntax'],
    ['sub-select returns 2 columns - expected 1', 'syntax'],
    ['1st ORDER BY term out of range - should be between 1 and 1', 'syntax'],
    ['no such table: x', 'unknown_table'],
    ['cannot join using column zz - column not present in both tables', 'unknown_column'],
    ['ambiguous column name: id', 'ambiguous_column'],
    ['no such function: nofn', 'function'],
    ['wrong number of arguments to function upper()', 'function'],
    ['misuse of aggregate function SUM()', 'grouping'],
    ['misuse of aggregate: COUNT()', 'grouping'],
    ['a GROUP BY clause is required before HAVING', 'grouping'],
    ['integer overflow', 'type_mismatch'],
    ['malformed JSON', 'type_mismatch'],
    ['string or blob too big', 'too_large'],
    ['Expression tree is too large (maximum depth 200)', 'too_large'],
    ['too many terms in compound SELECT', 'too_large'],
    ['LIKE or GLOB pattern too complex', 'too_large'],
    ['something new', 'other'],
  ])('%s is %s', (message, kind) => {
    expect(sqliteTraceback({ code: 1, message }, 'SELECT 1').class).toBe(kind);
  });

  it('have a position only where there is no doubt', () => {
    const message = 'near "FORM": syntax error';
    expect(sqliteTraceback({ code: 1, message }, 'SELECT a FORM b').position).toBe(9);
    expect(sqliteTraceback({ code: 1, message }, 'SELECT form FORM b').position).toBeUndefined();
  });
});

describe("PostgreSQL's errors", () => {
  it.each([
    ['42P01', 'relation "x" does not exist', 'unknown_table'],
    ['42883', 'operator does not exist: text + integer', 'type_mismatch'],
    ['42883', 'function f(integer) does not exist', 'function'],
    ['22P02', 'invalid input syntax for type integer: "a"', 'type_mismatch'],
    ['42501', 'permission denied for table secrets', 'policy'],
    ['25006', 'cannot execute INSERT in a read-only transaction', 'policy'],
    ['53400', 'temporary file size exceeds temp_file_limit', 'too_large'],
    ['54001', 'stack depth limit exceeded', 'too_large'],
    ['XX000', 'invalid memory alloc request size 1602030600', 'too_large'],
    ['XX000', 'unrecognized node type', 'other'],
    ['57014', 'canceling statement due to statement timeout', 'timeout'],
  ])('%s %s is %s', (code, message, kind) => {
    expect(postgresTraceback({ code, message }, 'SELECT 1').class).toBe(kind);
    expect(isUnreachable({ code, message })).toBe(false);
  });

  it.each(['08006', '28P01', '3D000', '57P01', '53300', '40001'])(
    '%s is for a retry, not for a correction',
    (code) => {
      expect(isUnreachable({ code, message: '' })).toBe(true);
    },
  );

  it('carry the position in UTF-16 units', () => {
    const fault = { code: '42703', message: 'column "x" does not exist', position: '13' };
    expect(postgresTraceback(fault, "SELECT '😀', x").position).toBe(13);
  });
});

describe('tracebacks of MySQL', () => {
  const denied = "SELECT command denied to user 'reader'@'%' for table";
  it.each([
    [1142, `${denied} \`shop\`.\`OWNERS\``, 'unknown_table'],
    [1142, `${denied} 'OWNERS'`, 'unknown_table'],
    [1142, `${denied} \`shop\`.\`owners\``, 'policy'],
    [1367, "Illegal double '1e999' value found during parsing", 'type_mismatch'],
    [1146, "Table 'shop.owner' doesn't exist", 'unknown_table'],
    [1054, "Unknown column 'nme' in 'SELECT'", 'unknown_column'],
    [9999, 'whatever', 'other'],
  ])('%s %s is %s', (errno, message, kind) => {
    const traceback = mysqlTraceback({ errno, message }, 'SELECT 1', snapshot);
    expect(traceback.class).toBe(kind);
    if (kind === 'unknown_table') expect(traceback.hint).toContain('owners');
  });
});
