import { beforeAll, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { introspect } from '../../apps/retriever/src/introspection/introspector.js';
import { testServers } from '../support/servers.js';

const database = 'nano_introspection';
let url: string;

beforeAll(async () => {
  const server = new URL(testServers().mariadbUrl ?? '');
  const connection = await createConnection({ uri: server.href, multipleStatements: true });
  await connection.query(`
    drop database if exists ${database};
    create database ${database};
    use ${database};
    create table customer (id int primary key, email varchar(50) unique, region varchar(20), city varchar(20), note text,
      unique key place (region, city), unique key noted (note(10)));
    create table invoice (id int primary key, customer_id int, total decimal(8, 2));
    create view invoices as select * from invoice;
    create table gone (x int);
    create view lost as select * from gone;
    drop table gone;`);
  await connection.end();
  server.pathname = `/${database}`;
  url = server.href;
});

it('reads unique keys and infers the foreign ones', async () => {
  const { tables } = await introspect({ dialect: 'mysql', url }, accessPolicySchema.parse({}));
  const inferred = [
    { columns: ['customer_id'], referencedTable: 'customer', referencedColumns: ['id'], inferred: true },
  ];
  expect(tables).toMatchObject([
    // A key over the beginnings of values alone does not tell them apart.
    { name: 'customer', primaryKey: ['id'], uniqueKeys: [['email'], ['region', 'city']], foreignKeys: [] },
    { name: 'invoice', uniqueKeys: [], foreignKeys: inferred },
    { name: 'invoices', kind: 'view', foreignKeys: inferred },
  ]);
  // The view of a table that is gone is none to ask.
  expect(tables).toHaveLength(3);
  expect(tables[2]).not.toHaveProperty('uniqueKeys');
});
