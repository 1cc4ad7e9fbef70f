import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { FtsSchemaIndex } from './fts.schema-index.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-index-'));
let index: FtsSchemaIndex;

beforeAll(() => {
  index = new FtsSchemaIndex({ NANO_HOME: folder } as ConstructorParameters<typeof FtsSchemaIndex>[0]);
});
afterAll(() => {
  index.onApplicationShutdown();
  rmSync(folder, { recursive: true });
});

function snapshotOf(fingerprint: string, tables: readonly string[]): SchemaSnapshot {
  return {
    dialect: 'sqlite',
    fingerprint,
    takenAt: '2026-01-01T00:00:00.000Z',
    tables: tables.map((name) => ({
      name,
      kind: 'table' as const,
      primaryKey: [],
      foreignKeys: [],
      columns: [{ name: 'id', type: 'INTEGER', nullable: false }],
    })),
  };
}

it('finds tables, best first, and goes over to a newer snapshot that replaces the one it searched', async () => {
  await index.build('d', snapshotOf('old', ['order_lines', 'city']));
  const old = { datasourceId: 'd', fingerprint: 'old' };
  const tables = async (key: typeof old, question: string) =>
    (await index.search(key, question, 5)).map((hit) => hit.table);
  expect(await tables(old, 'lines of an order')).toEqual(['order_lines']);

  await index.build('d', snapshotOf('new', ['order_lines', 'order']));
  const now = { datasourceId: 'd', fingerprint: 'new' };
  expect(await tables(now, 'lines of an order')).toEqual(['order_lines', 'order']);
  await expect(index.search(old, 'order', 5)).rejects.toThrow('no such table');

  await index.build('d', snapshotOf('old', ['city']));
  expect(await tables(old, 'which city')).toEqual(['city']);
});
