import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessPolicySchema, type AccessPolicy } from '#shared/contracts/datasource';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import { introspect } from '../../apps/retriever/src/introspection/introspector.js';
import { until } from '../support/client.js';
import { createEmptyDatabase, type EmptyDatabase, onDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';
import { makeWarehouse } from '../support/warehouse.js';

const tablesOfWarehouse = 1_000;

let shop: EmptyDatabase;
let warehouse: EmptyDatabase;

beforeAll(async () => {
  const { postgresUrl } = testServers();
  shop = await createEmptyDatabase(postgresUrl);
  warehouse = await createEmptyDatabase(postgresUrl);
  await onDatabase(shop.url, (client) =>
    client.query(`
      create schema sales;
      create table customer (id int primary key, email text unique, code text not null, region text, city text,
        unique (region, city));
      create unique index customer_code on customer (code) include (city);
      create unique index customer_lower on customer (lower(email));
      create unique index customer_active on customer (city) where region = 'north';
      create table sales.invoice (id int primary key, customer_id int, total numeric, state text);
      create table sales.line (invoice_id int references sales.invoice (id), number int, primary key (invoice_id, number));
      create view open_invoice as select id, customer_id from sales.invoice where state = 'open';
      create table event (at date, kind text) partition by range (at);
      create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
      comment on table customer is 'who buys';
      insert into customer select n, 'u' || n || '@example.org', 'C-' || n, 'r' || n, 'Wien' from generate_series(1, 500) n;
      insert into sales.invoice select n, n % 7 + 1, n, case when n % 3 = 0 then 'open' else 'paid' end from generate_series(1, 300) n;
      insert into event select '2024-02-02', 'k' from generate_series(1, 100);
      analyze;`),
  );
  await onDatabase(warehouse.url, (client) => makeWarehouse(client, tablesOfWarehouse));
});
afterAll(async () => {
  await shop.drop();
  await warehouse.drop();
});

function read(database: EmptyDatabase, policy: Partial<AccessPolicy> = {}): Promise<SchemaSnapshot> {
  return introspect({ dialect: 'postgres', url: database.url }, accessPolicySchema.parse(policy));
}

function named({ tables }: SchemaSnapshot, name: string): TableSnapshot {
  return tables.find((table) => table.name === name)!;
}

describe('a snapshot of PostgreSQL', () => {
  it('has keys, comments and estimates', async () => {
    const snapshot = await read(shop);
    expect(snapshot.tables.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'table customer',
      'table event',
      'view open_invoice',
      'table sales.invoice',
      'table sales.line',
    ]);
    // Neither the partial index nor the one over an expression; of an index with further columns its key alone.
    expect(named(snapshot, 'customer')).toMatchObject({
      comment: 'who buys',
      primaryKey: ['id'],
      uniqueKeys: [['code'], ['email'], ['region', 'city']],
      rowCount: 500,
    });
    expect(named(snapshot, 'event').rowCount).toBe(100);
    expect(named(snapshot, 'sales.line')).toMatchObject({
      primaryKey: ['invoice_id', 'number'],
      foreignKeys: [{ columns: ['invoice_id'], referencedTable: 'sales.invoice', referencedColumns: ['id'] }],
    });
  });

  it('infers the keys that nobody declared, also of views', async () => {
    const inferred = [
      { columns: ['customer_id'], referencedTable: 'customer', referencedColumns: ['id'], inferred: true },
    ];
    const snapshot = await read(shop);
    expect(named(snapshot, 'sales.invoice').foreignKeys).toEqual(inferred);
    expect(named(snapshot, 'open_invoice').foreignKeys).toEqual(inferred);
  });

  it('shows frequent values before a few others, and none where the policy withholds them', async () => {
    const snapshot = await read(shop);
    const valuesOf = (table: string, column: string) =>
      named(snapshot, table).columns.find(({ name }) => name === column)?.sampleValues ?? [];
    expect(valuesOf('sales.invoice', 'state')).toEqual(['paid', 'open']);
    expect(valuesOf('customer', 'code')).toHaveLength(100);
    expect(new Set(valuesOf('customer', 'code')).size).toBe(100);
    const withheld = JSON.stringify(await read(shop, { sampleValues: false }));
    for (const cell of ['paid', 'C-1', 'Wien', 'example.org']) expect(withheld).not.toContain(cell);
  });

  it('is read past tables that cannot be, and whose names have dots', async () => {
    const role = `nano_sampled_${randomUUID().slice(0, 8)}`;
    const other = await createEmptyDatabase(testServers().postgresUrl);
    await onDatabase(other.url, (client) =>
      client.query(`
        create role ${role} login password 'secret';
        create table "odd.name" (note text);
        create table guarded (note text);
        create table open (note text);
        insert into "odd.name" values ('here');
        insert into guarded values ('never');
        insert into open values ('seen');
        alter table guarded enable row level security;
        create policy broken on guarded using (1 / (length(note) - length(note)) = 1);
        grant select on all tables in schema public to ${role};`),
    );
    const url = new URL(other.url);
    [url.username, url.password] = [role, 'secret'];
    try {
      const { tables } = await introspect(
        { dialect: 'postgres', url: url.href },
        accessPolicySchema.parse({}),
      );
      expect(tables.map(({ name, columns }) => [name, columns[0]?.sampleValues])).toEqual([
        ['guarded', undefined],
        ['odd.name', ['here']],
        ['open', ['seen']],
      ]);
    } finally {
      await onDatabase(other.url, (client) => client.query(`drop owned by ${role}; drop role ${role}`));
      await other.drop();
    }
  });

  it('has the same fingerprint until the schema changes, or what people say of it', async () => {
    const first = await read(shop);
    expect((await read(shop)).fingerprint).toBe(first.fingerprint);
    const connection = { dialect: 'postgres', url: shop.url } as const;
    const described = await introspect(connection, accessPolicySchema.parse({}), {
      terms: { churn: 'who left' },
    });
    expect(described.fingerprint).not.toBe(first.fingerprint);
    await onDatabase(shop.url, (client) => client.query('alter table customer add column vat_no text'));
    expect((await read(shop)).fingerprint).not.toBe(first.fingerprint);
  });
});

describe('a warehouse of a thousand tables', () => {
  it('is read without reading its rows', async () => {
    await onDatabase(warehouse.url, (client) =>
      client.query(`insert into area_0_entity_0 (id, name, status) select n, 'n', 'secret-cell' from generate_series(1, 1000) n;
        select pg_stat_force_next_flush()`),
    );
    const scans = () =>
      onDatabase(warehouse.url, async (client) => {
        const { rows } = await client.query<{ scans: string; readers: string }>(
          `select (select sum(seq_scan + coalesce(idx_scan, 0)) from pg_stat_user_tables) as scans,
             (select count(*) from pg_stat_activity
              where datname = current_database() and application_name = 'nano-analyst introspection') as readers`,
        );
        return rows[0]!;
      });
    const before = await scans();
    const started = performance.now();
    const { tables } = await read(warehouse);
    expect(performance.now() - started).toBeLessThan(6_000);
    // A session reports what it scanned when it ends.
    const after = await until(10_000, 'the end of the session', async () => {
      const seen = await scans();
      return seen.readers === '0' ? seen : undefined;
    });
    expect(after.scans).toBe(before.scans);
    expect(tables).toHaveLength(tablesOfWarehouse);
    expect(JSON.stringify(tables)).not.toContain('secret-cell');
    expect(tables.find(({ name }) => name === 'area_1_entity_1')).toMatchObject({
      comment: 'entity 1',
      uniqueKeys: [['code']],
      foreignKeys: [{ columns: ['area_0_entity_0_id'], referencedTable: 'area_0_entity_0', inferred: true }],
    });
  });

  it('still knows frequent values from the statistics of the planner', async () => {
    await onDatabase(warehouse.url, (client) => client.query('analyze area_0_entity_0'));
    const columns = named(await read(warehouse), 'area_0_entity_0').columns;
    expect(columns.find(({ name }) => name === 'status')?.sampleValues).toEqual(['secret-cell']);
  });
});
