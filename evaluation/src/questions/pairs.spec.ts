import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCsv } from './csv.js';
import { readPairs } from './pairs.js';
import { schemaOfTables } from './snapshot-schema.js';

describe('parseCsv', () => {
  it('reads quoted commas, quotes and line ends, and skips blank lines', () => {
    const text = '\ufeffquestion,sql\r\n"How many, ""all"" in all?","SELECT 1\nFROM a"\r\n\r\nWhy?,\n';
    expect(parseCsv(text)).toEqual([
      ['question', 'sql'],
      ['How many, "all" in all?', 'SELECT 1\nFROM a'],
      ['Why?', ''],
    ]);
  });

  it('names the line of a quote that is not closed', () => {
    expect(() => parseCsv('a,b\nc,"d')).toThrow(/line 2/);
  });
});

describe('readPairs', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nano-pairs-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function written(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  const expected = [
    { index: 0, dbId: 'shop', question: 'How many?', gold: 'SELECT 1' },
    { index: 1, dbId: 'crm', question: 'Who?', gold: 'SELECT 2' },
  ];

  it.each([
    ['a.csv', 'Question,SQL,datasource\nHow many?,SELECT 1,\nWho?,SELECT 2,crm\n'],
    [
      'a.jsonl',
      '{"question":"How many?","sql":"SELECT 1"}\n\n{"question":"Who?","sql":"SELECT 2","datasource":"crm"}\n',
    ],
    [
      'a.yaml',
      '- question: How many?\n  sql: SELECT 1\n- question: Who?\n  sql: |\n    SELECT 2\n  datasource: crm\n',
    ],
  ])('reads %s', (name, text) => {
    expect(readPairs(written(name, text), 'shop')).toEqual(expected);
  });

  it.each([
    ['b.csv', 'question\nHow many?\n', /b\.csv, question 1: .*sql/s],
    ['b.jsonl', '{"question":"a","sql":"b"}\nnonsense\n', /b\.jsonl, line 2 is not JSON/],
    ['b.yaml', 'question: one\n', /b\.yaml: expected a list/],
    ['c.jsonl', '{"question":"a","sql":"b"}\n', /names no datasource/],
  ])('names what is wrong in %s', (name, text, problem) => {
    const datasource = name.startsWith('b') ? 'shop' : undefined;
    expect(() => readPairs(written(name, text), datasource)).toThrow(problem);
  });
});

describe('schemaOfTables', () => {
  it('gives columns, and one name to all that keys hold equal', () => {
    const column = (name: string) => ({ name, type: '', nullable: true });
    const table = (name: string, columns: string[], referencedTable?: string) => ({
      name,
      kind: 'table' as const,
      columns: columns.map(column),
      primaryKey: [],
      foreignKeys: referencedTable
        ? [{ columns: ['owner_id'], referencedTable, referencedColumns: ['ID'] }]
        : [],
    });
    const { columns, canonicalColumns } = schemaOfTables([
      table('Owner', ['ID', 'Name']),
      table('Pet', ['id', 'owner_id'], 'owner'),
    ]);
    expect([...columns]).toEqual([
      ['owner', ['id', 'name']],
      ['pet', ['id', 'owner_id']],
    ]);
    expect(canonicalColumns.get('pet.owner_id')).toBe(canonicalColumns.get('owner.id'));
  });
});
