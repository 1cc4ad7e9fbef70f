import { beforeAll, describe, expect, it } from '@jest/globals';
import type { AsCaller } from '#shared/contracts/caller';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import { processIsolation } from '../../apps/executor/src/sandbox/isolation/isolation.js';
import { checkConnection } from '../../apps/gateway/src/datasources/connection-check.js';
import { introspect } from '../../apps/retriever/src/introspection/introspector.js';
import { cleanups } from '../support/cleanups.js';
import { onDatabase } from '../support/database.js';
import { type CallersDatabase, makeCallersDatabase } from '../support/rows-of-callers.js';
import { testServers } from '../support/servers.js';

const cleanup = cleanups();
const sandbox = new DialectSandbox({ isolation: processIsolation });
let database: CallersDatabase;
const bySetting: AsCaller = { by: 'setting', setting: 'nano.caller' };
let byRole: AsCaller;

beforeAll(async () => {
  cleanup(() => sandbox.close());
  database = await makeCallersDatabase(testServers().postgresUrl);
  cleanup(() => database.drop());
  byRole = { by: 'role', roles: database.roles };
});

const ways = [
  ['a setting', () => bySetting],
  ['a role', () => byRole],
] as const;

function run(asCaller: AsCaller | undefined, caller: string | null, sql: string) {
  const connection = { dialect: 'postgres', url: database.url } as const;
  const policy = accessPolicySchema.parse({ ...(asCaller && { asCaller }) });
  const target = { datasourceId: 'notes', connection, policy, caller };
  return sandbox.run(target, sql, AbortSignal.timeout(20_000));
}

async function notesOf(asCaller: AsCaller | undefined, caller: string | null) {
  const outcome = await run(asCaller, caller, 'SELECT text FROM note ORDER BY text');
  return outcome.kind === 'rows' ? outcome.result.rows.flat() : outcome;
}

describe.each(ways)('statements as the caller by %s', (_, asCaller) => {
  it('see what row-level security shows the caller, on the same connections', async () => {
    for (let round = 0; round < 2; round += 1) {
      expect(await notesOf(asCaller(), 'ada')).toEqual(['one', 'two']);
      expect(await notesOf(asCaller(), 'bob')).toEqual(['three']);
      expect(await notesOf(undefined, 'ada')).toEqual([]);
    }
    const together = await Promise.all(
      Array.from({ length: 12 }, (__, index) => notesOf(asCaller(), index % 2 ? 'ada' : 'bob')),
    );
    together.forEach((notes, index) => expect(notes).toEqual(index % 2 ? ['one', 'two'] : ['three']));
  });

  it('are explained as the caller too', async () => {
    const policy = accessPolicySchema.parse({ asCaller: asCaller(), maxCost: 1_000_000 });
    const connection = { dialect: 'postgres', url: database.url } as const;
    const target = { datasourceId: 'notes', connection, policy, caller: 'bob' };
    const outcome = await sandbox.run(target, 'SELECT count(*) FROM note', AbortSignal.timeout(20_000));
    expect(outcome).toMatchObject({ kind: 'rows', result: { rows: [[1]] } });
  });

  it('do not run where nobody is named', async () => {
    await expect(run(asCaller(), null, 'SELECT 1')).rejects.toMatchObject({
      kind: 'permanent',
      code: 'caller_refused',
    });
  });

  it.each([
    "SELECT set_config('nano.caller', 'bob', true), text FROM note",
    "SELECT text FROM note WHERE pg_catalog.set_config('nano.caller', 'bob', false) <> ''",
    "SELECT set_config('role', 'none', true), text FROM note",
    'RESET ROLE',
    'SET ROLE NONE',
    "SET nano.caller = 'bob'",
    'RESET ROLE; SELECT text FROM note',
    'SELECT text FROM note; RESET ALL',
    "WITH x AS (SELECT set_config('nano.caller', 'bob', true)) SELECT text FROM x, note",
    "SELECT ('nano.caller').set_config",
    "SELECT query_to_xml('RESET ROLE', true, true, '')",
    'SELECT current_user',
    "SELECT current_setting('nano.caller')",
    'DISCARD ALL',
    'COMMIT',
  ])('cannot undo it: %s', async (sql) => {
    expect(await run(asCaller(), 'ada', sql)).toMatchObject({ kind: 'rejected', layer: 'guard' });
    expect(await notesOf(asCaller(), 'ada')).toEqual(['one', 'two']);
  });
});

describe('a caller', () => {
  it('whose name would end the string it stands in is a name', async () => {
    for (const caller of ["'; RESET ROLE; --", "\\'; SELECT 1; --", "' || 'ada", 'a"da'])
      expect(await notesOf(bySetting, caller)).toEqual([]);
  });

  it.each(['carol', 'constructor', '__proto__', 'hasOwnProperty'])(
    'without a role is refused: %s',
    async (caller) => {
      await expect(run(byRole, caller, 'SELECT 1')).rejects.toMatchObject({ code: 'caller_refused' });
    },
  );

  it('whose role the connection may not take on is refused, and the model is not blamed', async () => {
    for (const role of [database.foreign, 'no_such_role']) {
      const asCaller: AsCaller = { by: 'role', roles: { ada: role } };
      await expect(run(asCaller, 'ada', 'SELECT 1')).rejects.toMatchObject({
        kind: 'permanent',
        code: 'caller_refused',
      });
    }
    expect(await notesOf(byRole, 'ada')).toEqual(['one', 'two']);
  });

  it('is not what SQLite or MySQL know', async () => {
    const policy = accessPolicySchema.parse({ asCaller: bySetting });
    const connection = { dialect: 'sqlite', file: '/nowhere' } as const;
    await expect(
      sandbox.run(
        { datasourceId: 'x', connection, policy, caller: 'ada' },
        'SELECT 1',
        AbortSignal.timeout(9_000),
      ),
    ).rejects.toMatchObject({ code: 'caller_refused' });
  });
});

describe('registering a datasource that runs as the caller', () => {
  const check = (asCaller: AsCaller, allowPrivileged = false) =>
    checkConnection({ dialect: 'postgres', url: database.url }, undefined, allowPrivileged, asCaller);

  it('takes roles that can only read', async () => {
    await expect(check(byRole)).resolves.toBeDefined();
    await expect(check(bySetting)).resolves.toBeDefined();
  });

  it('refuses a role that is out of reach, that bypasses row-level security, or that may write', async () => {
    await expect(check({ by: 'role', roles: { x: database.foreign } }, true)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(database.foreign),
    });
    await expect(check({ by: 'role', roles: { x: database.bypassing } })).rejects.toMatchObject({
      code: 'privileged_role',
      message: expect.stringContaining(`ALTER ROLE "${database.bypassing}" NOBYPASSRLS;`),
    });
    const write = (verb: string) =>
      onDatabase(database.superuserUrl, (client) => client.query(`${verb} ${database.roles.bob}`));
    await write('GRANT INSERT ON note TO');
    await expect(check(byRole)).rejects.toMatchObject({ code: 'privileged_role' });
    await write('REVOKE INSERT ON note FROM');
  });

  it('refuses other databases, and the role that is none', async () => {
    await expect(
      checkConnection({ dialect: 'sqlite', file: '/x' }, undefined, false, bySetting),
    ).rejects.toMatchObject({ code: 'invalid_request' });
    const none = { asCaller: { by: 'role', roles: { ada: 'none' } } };
    expect(accessPolicySchema.safeParse(none).success).toBe(false);
  });

  it('keeps no cell values in the snapshot', async () => {
    const connection = { dialect: 'postgres', url: database.superuserUrl } as const;
    const valuesWith = async (policy: object) => {
      const { tables } = await introspect(connection, accessPolicySchema.parse(policy));
      return tables.flatMap(({ columns }) => columns.flatMap(({ sampleValues }) => sampleValues ?? []));
    };
    expect(await valuesWith({})).toContain('three');
    expect(await valuesWith({ asCaller: bySetting })).toEqual([]);
  });
});
