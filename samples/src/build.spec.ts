import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { Cell } from '#shared/contracts/query';
import { resultsEqual } from '#shared/results/results-equal';
import { buildSamples, type BuiltSample } from './build.js';
import { sampleNames, samples } from './catalogue.js';
import { digestOf } from './digest.js';
import { digests } from './digests.js';

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

  it('that ask for the first few have no tie at the cut', () => {
    const cut = sample.questions.filter(({ sql }) => / LIMIT \d+$/u.test(sql));
    expect(cut.length).toBeGreaterThan(0);
    for (const { sql, rows } of cut) {
      const beyond = sql.replace(/ LIMIT \d+$/u, ` LIMIT 1 OFFSET ${rows.length}`);
      const next = read(name, (database) => database.prepare(beyond).raw().get() as Cell[]);
      expect(Number(next.at(-1))).toBeLessThan(Number(rows.at(-1)?.at(-1)));
    }
  });

  it.each(sample.questions.map((entry) => [entry.question, entry] as const))('%s', (_, entry) => {
    const statement = read(name, (database) => {
      const prepared = database.prepare(entry.sql).raw();
      return { columns: prepared.columns().map((column) => column.name), rows: prepared.all() as Cell[][] };
    });
    expect(statement.columns).toEqual(entry.columns);
    const equal = resultsEqual(entry.rows, statement.rows, { ordered: entry.ordered });
    expect(equal || statement.rows).toBe(true);
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
