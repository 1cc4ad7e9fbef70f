import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { Cell } from '#shared/contracts/query';
import { buildSamples, type BuiltSample } from './build.js';
import { sampleNames, samples } from './catalogue.js';
import { digestOf } from './digest.js';
import { digests } from './digests.js';
import { sameRows } from './same-rows.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-samples-'));
let built: BuiltSample[];

beforeAll(() => {
  built = buildSamples(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

function read<T>(name: string, use: (database: Database.Database) => T): T {
  const database = new Database(join(folder, `${name}.sqlite`), { readonly: true });
  try {
    return use(database);
  } finally {
    database.close();
  }
}

describe.each(sampleNames)('sample %s', (name) => {
  it('has the content whose digest is committed', () => {
    expect(read(name, digestOf)).toBe(digests[name]);
  });

  it('has 5 to 15 tables with a primary key, rows, and a comment each, and keeps its foreign keys', () => {
    const tables = read(name, (database) => {
      expect(database.pragma('foreign_key_check')).toEqual([]);
      return database
        .prepare<[], { name: string; sql: string }>(
          "SELECT name, sql FROM sqlite_schema WHERE type = 'table'",
        )
        .all();
    });
    expect(tables.length).toBeGreaterThanOrEqual(5);
    expect(tables.length).toBeLessThanOrEqual(15);
    for (const { sql } of tables) {
      expect(sql.split('\n')[0]).toMatch(/^CREATE TABLE \w+ \( -- \S/);
      expect(sql).toContain('PRIMARY KEY');
    }
    const empty = tables.filter((table) => read(name, (database) => countRows(database, table.name)) === 0);
    expect(empty).toEqual([]);
  });
});

describe.each(samples.map((sample) => [sample.name, sample] as const))('questions on %s', (name, sample) => {
  it('are ten, each asked once', () => {
    expect(new Set(sample.questions.map(({ question }) => question)).size).toBe(10);
  });

  it.each(sample.questions.map((entry) => [entry.question, entry] as const))('%s', (_, entry) => {
    const statement = read(name, (database) => {
      const prepared = database.prepare(entry.sql).raw();
      return { columns: prepared.columns().map((column) => column.name), rows: prepared.all() as Cell[][] };
    });
    expect(statement.columns).toEqual(entry.columns);
    expect({ rows: statement.rows, same: sameRows(entry.rows, statement.rows, entry.ordered) }).toMatchObject(
      {
        same: true,
      },
    );
  });
});

describe('buildSamples', () => {
  it('leaves current files alone and no unfinished ones behind', () => {
    const path = join(folder, 'shop.sqlite');
    utimesSync(path, 1, 1);
    buildSamples(folder);
    expect(statSync(path).mtimeMs).toBe(1_000);
    expect(readdirSync(folder).toSorted()).toEqual(['company.sqlite', 'flights.sqlite', 'shop.sqlite']);
  });

  it('builds the same bytes anew where a file is broken', () => {
    const path = join(folder, 'flights.sqlite');
    const before = readFileSync(path);
    truncateSync(path, 50);
    buildSamples(folder);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('says where each database lies', () => {
    expect(built.map(({ name, path }) => [name, path])).toEqual(
      sampleNames.map((name) => [name, join(folder, `${name}.sqlite`)]),
    );
  });
});

function countRows(database: Database.Database, table: string): unknown {
  return database.prepare(`SELECT COUNT(*) FROM ${table}`).pluck().get();
}
