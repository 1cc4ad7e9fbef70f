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
  close(): Promise<void>;
}

/** What no answer may ever hold: the shop's ungranted table does. */
export const canary = 'canary';

export async function makeSubject(
  dialect: SafetyDialect,
  sandbox: Sandbox,
  limits: Partial<AccessPolicy> = {},
): Promise<Subject> {
  const { signal } = new AbortController();
  const subject = (connection: Target['connection'], allowTables: string[], close: () => Promise<void>) => {
    const policy = accessPolicySchema.parse({ allowTables, timeoutMs: 1_000, ...limits });
    const target: Target = { datasourceId: dialect, connection, policy };
    return { dialect, close, run: (sql: string) => sandbox.run(target, sql, signal) };
  };
  switch (dialect) {
    case 'sqlite': {
      const shop = makeShop();
      return subject({ dialect, file: shop.file }, grantedTables, async () => shop.remove());
    }
    case 'postgres': {
      const server = await startPostgres();
      const { readerUrl } = await makePostgresShop(server.url);
      return subject({ dialect, url: readerUrl }, postgresTables, () => server.stop());
    }
  }
}
