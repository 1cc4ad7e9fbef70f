import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { type AccessPolicy, accessPolicySchema } from '#shared/contracts/datasource';
import {
  grantedTables as postgresTables,
  makePostgresShop,
} from '../../apps/executor/src/sandbox/postgres/postgres.fixture.js';
import type { Outcome, Sandbox, Target } from '../../apps/executor/src/sandbox/sandbox.js';
import { grantedTables, makeShop } from '../../apps/executor/src/sandbox/sqlite/sqlite.fixture.js';
import { startPostgres } from '../../tests/support/postgres.js';

export const safetyDialects = ['sqlite', 'postgres'] as const;
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
      return subject({ dialect, url: readerUrl }, postgresTables, content, async () => {
        await client.end();
        await server.stop();
      });
    }
  }
}
