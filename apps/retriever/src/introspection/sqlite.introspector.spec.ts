import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import SqliteDatabase from 'better-sqlite3';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { introspect } from './introspector.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-introspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads the unique keys of SQLite and infers the foreign ones', async () => {
  const file = join(folder, 'keys.sqlite');
  const db = new SqliteDatabase(file);
  db.exec(`
    CREATE TABLE customer(id INTEGER PRIMARY KEY, email TEXT UNIQUE, region TEXT, city TEXT, UNIQUE (region, city));
    CREATE UNIQUE INDEX lowered ON customer(lower(email));
    CREATE UNIQUE INDEX active ON customer(city) WHERE region = 'north';
    CREATE INDEX plain ON customer(region);
    CREATE TABLE invoice(number TEXT PRIMARY KEY, customer_id INTEGER) WITHOUT ROWID;
    CREATE VIEW invoices AS SELECT * FROM invoice;`);
  db.close();
  const { tables } = await introspect({ dialect: 'sqlite', file }, accessPolicySchema.parse({}));
  const inferred = [
    { columns: ['customer_id'], referencedTable: 'customer', referencedColumns: ['id'], inferred: true },
  ];
  expect(tables).toMatchObject([
    { name: 'customer', uniqueKeys: [['email'], ['region', 'city']], foreignKeys: [] },
    { name: 'invoice', uniqueKeys: [], foreignKeys: inferred },
    { name: 'invoices' },
  ]);
  const hidden = accessPolicySchema.parse({ denyColumns: ['customer.id', 'customer.city'] });
  const narrowed = await introspect({ dialect: 'sqlite', file }, hidden);
  expect(narrowed.tables).toMatchObject([
    { uniqueKeys: [['email']], foreignKeys: [] },
    { foreignKeys: [] },
    { foreignKeys: [] },
  ]);
});

it('leaves out what SQLite itself cannot read, and reads the rest', async () => {
  const file = join(folder, 'broken.sqlite');
  const db = new SqliteDatabase(file);
  db.exec(`
    CREATE TABLE gone(x TEXT);
    CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT);
    INSERT INTO customer VALUES (1, 'Ada');
    CREATE TABLE computed(text TEXT, other TEXT AS (length(text)));
    INSERT INTO computed VALUES ('yes');
    CREATE VIEW lost AS SELECT * FROM gone;
    CREATE VIEW named AS SELECT name FROM customer;
    DROP TABLE gone;`);
  db.unsafeMode().exec(`
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = replace(sql, 'length', 'unknown') WHERE name = 'computed';
    INSERT INTO sqlite_schema VALUES ('table', 'place', 'place', 0, 'CREATE VIRTUAL TABLE place USING nowhere(x)');`);
  db.close();
  const { tables } = await introspect({ dialect: 'sqlite', file }, accessPolicySchema.parse({}));
  expect(tables.map(({ name }) => name)).toEqual(['computed', 'customer', 'named']);
  expect(tables[1]).toMatchObject({ rowCount: 1, columns: [{}, { sampleValues: ['Ada'] }] });
  expect(tables[0]).toMatchObject({ columns: [{ sampleValues: ['yes'] }, { name: 'other' }] });
  // A view is not run: it may never end.
  expect(tables[2]!.columns).toEqual([{ name: 'name', type: 'TEXT', nullable: true }]);
});
