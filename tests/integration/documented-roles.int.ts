import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import type { Connection } from '#shared/contracts/datasource';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import { processIsolation } from '../../apps/executor/src/sandbox/isolation/isolation.js';
import { checkConnection } from '../../apps/gateway/src/datasources/connection-check.js';
import { introspect } from '../../apps/retriever/src/introspection/introspector.js';
import { cleanups } from '../support/cleanups.js';
import { createEmptyDatabase, type EmptyDatabase, onDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

const cleanup = cleanups();
const sandbox = new DialectSandbox({ isolation: processIsolation });
const security = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8');
const role = `analyst_reader_${process.pid}`;
const password = 'a long password';
const { postgresUrl, mariadbUrl } = testServers();

/** The SQL below a heading of docs/security.md. */
function scriptOf(heading: string): string {
  const text = security.slice(security.indexOf(`\n## ${heading}`));
  const script = /```sql\n([\s\S]*?)```/.exec(text)?.[1];
  if (script === undefined) throw new Error(`${heading} has no script`);
  return script;
}

async function expectReader(connection: Connection): Promise<void> {
  await expect(checkConnection(connection, undefined, false)).resolves.toMatchObject({ connection });
  const policy = accessPolicySchema.parse({});
  expect((await introspect(connection, policy)).tables.map(({ name }) => name)).toEqual(['orders']);
  const outcome = await sandbox.run(
    { datasourceId: connection.dialect, connection, policy },
    'SELECT id FROM orders',
    AbortSignal.timeout(20_000),
  );
  expect(outcome).toMatchObject({ kind: 'rows', result: { rows: [[1]] } });
}

beforeAll(() => cleanup(() => sandbox.close()));

describe('the role for PostgreSQL that docs/security.md makes', () => {
  let database: EmptyDatabase;
  let url = '';

  beforeAll(async () => {
    database = await createEmptyDatabase(postgresUrl);
    cleanup(() => onDatabase(postgresUrl, (client) => client.query(`DROP ROLE ${role}`)));
    cleanup(() => database.drop());
    // What psql makes of its variables.
    const script = scriptOf('A role for PostgreSQL')
      .replaceAll(':"role"', pg.escapeIdentifier(role))
      .replaceAll(":'password'", pg.escapeLiteral(password))
      .replaceAll(':"schema"', 'public')
      .replaceAll(':"database"', pg.escapeIdentifier(database.name));
    await onDatabase(database.url, (client) =>
      client.query(`CREATE TABLE orders(id int); INSERT INTO orders VALUES (1); ${script}`),
    );
    url = Object.assign(new URL(database.url), { username: role, password }).href;
  });

  it('is taken at registration, and reads', () => expectReader({ dialect: 'postgres', url }));

  it.each([
    'INSERT INTO orders VALUES (2)',
    'SET default_transaction_read_only = off; INSERT INTO orders VALUES (2)',
    'CREATE TABLE mine(id int)',
    'SET default_transaction_read_only = off; CREATE TABLE mine(id int)',
    'SET default_transaction_read_only = off; CREATE TEMP TABLE mine(id int)',
    "SELECT pg_read_file('PG_VERSION')",
    "SET temp_file_limit = '9GB'",
  ])('cannot %s', async (statement) => {
    await expect(onDatabase(url, (client) => client.query(statement))).rejects.toThrow(
      /permission denied|read-only/,
    );
  });
});

if (mariadbUrl !== undefined)
  describe('the user for MariaDB that docs/security.md makes', () => {
    const url = new URL(mariadbUrl);

    beforeAll(async () => {
      const connection = await createConnection({ uri: mariadbUrl, multipleStatements: true });
      const name = `documented_${process.pid}`;
      const script = scriptOf('A user for MySQL and MariaDB')
        .replaceAll('analyst_reader', role)
        .replaceAll('`shop`', name);
      await connection.query(
        `CREATE DATABASE ${name}; CREATE TABLE ${name}.orders(id int); INSERT INTO ${name}.orders VALUES (1); ${script}`,
      );
      cleanup(async () => {
        await connection.query(`DROP DATABASE ${name}; DROP USER ${role}@'%'`);
        await connection.end();
      });
      Object.assign(url, { username: role, password, pathname: `/${name}` });
    });

    it('is taken at registration, and reads', () => expectReader({ dialect: 'mysql', url: url.href }));

    it.each([
      'INSERT INTO orders VALUES (2)',
      'CREATE TABLE mine(id int)',
      "SELECT 1 INTO OUTFILE '/tmp/mine'",
      'SELECT * FROM mysql.user',
    ])('cannot %s', async (statement) => {
      const connection = await createConnection(url.href);
      await expect(connection.query(statement)).rejects.toThrow(/denied/);
      await connection.end();
    });
  });
