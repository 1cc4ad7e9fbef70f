import { describe, expect, it } from '@jest/globals';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import type { UnitHit } from '../indexing/unit.js';
import { rankTables } from './rank-tables.js';
import { SchemaGraph } from './schema-graph.js';

function table(name: string, ...references: string[]): TableSnapshot {
  const foreignKeys = references.map((referencedTable) => ({
    columns: ['x'],
    referencedTable,
    referencedColumns: ['id'],
  }));
  return { name, kind: 'table', columns: [], primaryKey: ['id'], foreignKeys };
}

const hit = (table: string, score: number, column = ''): UnitHit => ({
  kind: column === '' ? 'table' : 'column',
  table,
  column,
  reference: '',
  score,
});

const ranking = (tables: TableSnapshot[], hits: UnitHit[]) =>
  rankTables(hits, new SchemaGraph(tables)).map(({ table }) => table);

describe('ranked tables', () => {
  it('have the bridge between two hits before a weaker hit of its own', () => {
    const tables = [table('author'), table('wrote', 'author', 'paper'), table('paper'), table('journal')];
    expect(ranking(tables, [hit('author', 1), hit('paper', 1), hit('journal', 0.15)])).toEqual([
      'author',
      'paper',
      'wrote',
      'journal',
    ]);
  });

  it('come from the neighbourhood that answers best, be it a schema or what keys connect', () => {
    const hits = (prefix: string) => [
      hit(`${prefix}student`, 0.9),
      hit(`${prefix}club`, 0.9),
      hit('other.student', 1),
      hit('lonely', 1),
    ];
    const schemas = ['a.student', 'a.club', 'other.student', 'lonely'].map((name) => table(name));
    expect(ranking(schemas, hits('a.')).slice(0, 2)).toEqual(['a.club', 'a.student']);
    const keys = [table('student', 'club'), table('club'), table('other_student'), table('lonely')];
    const flat = hits('').map((each) => ({ ...each, table: each.table.replace('.', '_') }));
    expect(ranking(keys, flat).slice(0, 2).sort()).toEqual(['club', 'student']);
  });

  it('count many columns of one table with diminishing returns', () => {
    const columns = ['a', 'b', 'c', 'd'].map((column) => hit('wide', 0.3, column));
    expect(ranking([table('wide'), table('named')], [...columns, hit('named', 0.6)])).toEqual([
      'named',
      'wide',
    ]);
  });

  it('end on graphs of cycles and of keys to nowhere', () => {
    const tables = [table('a', 'b', 'a', 'gone'), table('b', 'a')];
    expect(ranking(tables, [hit('a', 1)])).toEqual(['a', 'b']);
  });

  it('are those near the hits, however far the keys of a schema lead', () => {
    const chain = Array.from({ length: 1_000 }, (_, at) => table(`t${at}`, `t${at + 1}`));
    const ranked = ranking(chain, [hit('t500', 1)]);
    expect(ranked.slice(0, 3).sort()).toEqual(['t499', 't500', 't501']);
    expect(ranked.length).toBeLessThan(20);
  });
});
