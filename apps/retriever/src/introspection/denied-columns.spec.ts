import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import SqliteDatabase from 'better-sqlite3';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { introspect } from './introspector.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-introspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('keeps denied columns and their values out of the snapshot, keys and views included', async () => {
  const file = join(folder, 'people.sqlite');
  const db = new SqliteDatabase(file);
  db.exec(`
    CREATE TABLE person(ssn TEXT PRIMARY KEY, name TEXT);
    CREATE TABLE visit(id INTEGER PRIMARY KEY, person_ssn TEXT REFERENCES person(ssn), place TEXT);
    CREATE VIEW people AS SELECT ssn AS x, name FROM person;
    INSERT INTO person VALUES ('078-05-1120', 'Ada');
    INSERT INTO visit VALUES (1, '078-05-1120', 'Wien');`);
  db.close();
  const connection = { dialect: 'sqlite' as const, file };
  const open = await introspect(connection, accessPolicySchema.parse({}));
  expect(JSON.stringify(open)).toContain('078-05-1120');
  const denyColumns = ['person.SSN', 'visit.person_ssn'];
  const snapshot = await introspect(connection, accessPolicySchema.parse({ denyColumns }));
  expect(JSON.stringify(snapshot)).not.toMatch(/078-05-1120|ssn/i);
  expect(snapshot.tables.map(({ name, columns }) => [name, columns.map((column) => column.name)])).toEqual([
    ['people', ['x', 'name']],
    ['person', ['name']],
    ['visit', ['id', 'place']],
  ]);
  const allowColumns = ['Person.name', 'visit.id', 'visit.place'];
  const narrowed = await introspect(connection, accessPolicySchema.parse({ allowColumns }));
  expect(narrowed.tables).toEqual(snapshot.tables);
});
