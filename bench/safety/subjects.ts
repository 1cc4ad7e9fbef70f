import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { type AccessPolicy, accessPolicySchema } from '#shared/contracts/datasource';
import {
  grantedTables as mysqlTables,
  makeMysqlShop,
} from '../../apps/executor/src/sandbox/mysql/mysql.fixture.js';
import {
  grantedTables as postgresTables,
  makePostgresShop,
} from '../../apps/executor/src/sandbox/postgres/postgres.fixture.js';
import type { Outcome, Sandbox, Target } from '../../apps/executor/src/sandbox/sandbox.js';
import { grantedTables, makeShop } from '../../apps/executor/src/sandbox/sqlite/sqlite.fixture.js';
import { startMariadb } from '../../tests/support/mariadb.js';
import { startPostgres } from '../../tests/support/postgres.js';

export const safetyDialects = ['sqlite', 'postgres', 'mysql'] as const;
export type SafetyDialect = (typeof safetyDialects)[number];

/** A datasource to send hostile statements to: the shop of the tests, with a table and a column that hold the canary. */
export interface Subject {
  dialect: SafetyDialect;
  run(sql: string): Promise<Outcome>;
  /** Of everything that a statement could have changed. */
  fingerprint(): Promise<string>;
  close(): Promise<void>;
}

const contentSql = `
  SELECT table_schema, table_name, query_to_xml(format('SELECT * FROM %I.%I', table_schema, table_name), true, false, '')::text
  FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`;

/** What no answer may ever hold: the shop's ungranted table does. */
export const canary = 'canary';

export async function makeSubject(
  dialect: SafetyDialect,
  sandbox: Sandbox,
  limits: Partial<AccessPolicy> = {},
  /** As an administrator of the server, whom nothing but the guard and the transaction keeps from anything. */
  asAdministrator = false,
): Promise<Subject> {
  const { signal } = new AbortController();
  const subject = (
    connection: Target['connection'],
    allowTables: string[],
    fingerprint: () => Promise<string>,
    close: () => Promise<void>,
  ) => {
    const policy = accessPolicySchema.parse({ allowTables, timeoutMs: 1_000, ...limits });
    const target: Target = { datasourceId: dialect, connection, policy };
    return { dialect, close, fingerprint, run: (sql: string) => sandbox.run(target, sql, signal) };
  };
  switch (dialect) {
    case 'sqlite': {
      const shop = makeShop();
      const content = async () =>
        [
          createHash('sha256').update(readFileSync(shop.file)).digest('hex'),
          ...readdirSync(shop.folder),
        ].join(' ');
      return subject({ dialect, file: shop.file }, grantedTables, content, async () => shop.remove());
    }
    case 'postgres': {
      const server = await startPostgres();
      const { readerUrl, superuserUrl } = await makePostgresShop(server.url);
      const client = new pg.Client({ connectionString: superuserUrl });
      await client.connect();
      const content = async () => JSON.stringify((await client.query(contentSql)).rows);
      const url = asAdministrator ? superuserUrl : readerUrl;
      return subject({ dialect, url }, postgresTables, content, async () => {
        await client.end();
        await server.stop();
      });
    }
    case 'mysql': {
      const server = await startMariadb();
      const { readerUrl, administratorUrl } = await makeMysqlShop(server.url);
      const content = () => contentOfMysql(administratorUrl);
      const url = asAdministrator ? administratorUrl : readerUrl;
      return subject({ dialect, url }, mysqlTables, content, () => server.stop());
    }
  }
}

/** Every table with a sum over its rows. */
async function contentOfMysql(url: string): Promise<string> {
  const connection = await createConnection(url);
  const [tables] = await connection.query<RowDataPacket[]>(
    `SELECT CONCAT('\`', TABLE_SCHEMA, '\`.\`', TABLE_NAME, '\`') AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') ORDER BY 1`,
  );
  const [sums] = await connection.query(
    `CHECKSUM TABLE ${tables.map(({ name }) => String(name)).join(', ')}`,
  );
  await connection.end();
  return JSON.stringify(sums);
}
