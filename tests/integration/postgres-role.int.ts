import { beforeAll, describe, expect, it } from '@jest/globals';
import { checkConnection } from '../../apps/gateway/src/datasources/connection-check.js';
import { cleanups } from '../support/cleanups.js';
import { createEmptyDatabase, onDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

describe("registering PostgreSQL with a role's privileges", () => {
  const cleanup = cleanups();
  let url = '';
  let reader = '';
  const role = `reader_${process.pid}`;
  const asAdministrator = (sql: string) => onDatabase(url, (client) => client.query(sql));
  const check = (of: string, allow = false) =>
    checkConnection({ dialect: 'postgres', url: of }, undefined, allow);

  beforeAll(async () => {
    const database = await createEmptyDatabase(testServers().postgresUrl);
    url = database.url;
    await asAdministrator(`CREATE ROLE ${role} LOGIN PASSWORD 'reader'`);
    cleanup(() => onDatabase(testServers().postgresUrl, (client) => client.query(`DROP ROLE ${role}`)));
    cleanup(() => database.drop());
    await asAdministrator(`CREATE TABLE "Odd name" (id int); GRANT SELECT ON "Odd name" TO ${role}`);
    reader = Object.assign(new URL(url), { username: role, password: 'reader' }).href;
  });

  it('takes a role that can only read', async () => {
    await expect(check(reader)).resolves.toMatchObject({ location: expect.stringContaining(`${role}@`) });
  });

  it('refuses a superuser unless it is asked for', async () => {
    await expect(check(url)).rejects.toMatchObject({
      code: 'privileged_role',
      message: expect.stringContaining('GRANT SELECT ON ALL TABLES IN SCHEMA public TO nano_reader;'),
    });
    await expect(check(url, true)).resolves.toBeDefined();
  });

  it('refuses a role that may write, and the mend that it names mends it', async () => {
    await asAdministrator(`GRANT INSERT ON "Odd name" TO ${role}`);
    const refusal = await check(reader).catch((error: unknown) => error as Error);
    const mend = /^REVOKE .*$/m.exec((refusal as Error).message)?.[0] ?? '';
    expect(mend).toBe(`REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON public."Odd name" FROM "${role}";`);
    await asAdministrator(mend);
    await expect(check(reader)).resolves.toBeDefined();
  });

  it('refuses a member of a role that reaches the server', async () => {
    await asAdministrator(`GRANT pg_read_server_files TO ${role}`);
    await expect(check(reader)).rejects.toMatchObject({
      message: expect.stringContaining('REVOKE pg_read_server_files FROM'),
    });
    await asAdministrator(`REVOKE pg_read_server_files FROM ${role}`);
  });
});
