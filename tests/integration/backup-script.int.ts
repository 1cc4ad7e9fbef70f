import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { runBackup } from '../support/backup-script.js';
import { createEmptyDatabase, type EmptyDatabase } from '../support/database.js';
import { type DebianPostgres, startDebianPostgres } from '../support/debian-postgres.js';

const older = ['nano-20200101T000000Z.dump', 'nano-20200102T000000Z.dump'];
const leftOver = 'nano-20200103T000000Z.dump.partial';
let postgres: DebianPostgres;
let state: EmptyDatabase;
let folder: string;

beforeAll(async () => {
  postgres = await startDebianPostgres();
  state = await createEmptyDatabase(postgres.url);
  const pool = new pg.Pool({ connectionString: state.url });
  await pool.query(
    `CREATE TABLE query AS SELECT n, md5(n::text) AS question FROM generate_series(1, 20000) n`,
  );
  await pool.end();
});
afterAll(() => postgres.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-test-dumps-'));
  for (const name of [...older, leftOver]) writeFileSync(join(folder, name), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

const dumps = () => readdirSync(folder).filter((name) => name.includes('.dump'));
const backup = (given?: Parameters<typeof runBackup>[3]) => runBackup(postgres, state.url, folder, given);

it('adds a dump, keeps the newest, and takes away what a killed one left', async () => {
  const first = await backup();
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(dumps()).toEqual([...older, first.made]);
  postgres.run('pg_restore', '--list', join(folder, first.made!));

  rmSync(join(folder, first.made!));
  const { made } = await backup({ settings: { BACKUP_KEEP: '2' } });
  expect(dumps()).toEqual([older[1], made]);
});

it('takes those first that a clock which was ahead has named', async () => {
  for (const later of ['nano-29990101T000000Z.dump', 'nano-29990102T000000Z.dump'])
    writeFileSync(join(folder, later), '');
  const { made } = await backup({ settings: { BACKUP_KEEP: '4' } });
  expect(dumps()).toEqual([...older, made, 'nano-29990102T000000Z.dump']);
  rmSync(join(folder, made!));
  const next = await backup({ settings: { BACKUP_KEEP: '2' } });
  expect(dumps()).toEqual([older[1], next.made]);
});

describe('fails, and leaves the dumps as they were,', () => {
  const failing: [string, string, () => Parameters<typeof runBackup>[3]][] = [
    [
      'when the server refuses it',
      'password authentication failed',
      () => {
        writeFileSync(join(folder, 'wrong'), 'wrong');
        return { settings: { PGPASSWORD_FILE: join(folder, 'wrong') } };
      },
    ],
    ['when the server is away', 'refused', () => ({ settings: { PGPORT: '1' } })],
    [
      'when there is no room for it',
      'File too large',
      // The nearest to a full disk that needs no rights: a write comes to an end with an error.
      () => ({ under: ['sh', '-c', `trap '' XFSZ; ulimit -f 16; exec "$@"`, 'sh'] }),
    ],
    ['when it is cut short', 'could not read', () => ({ programs: cutting() })],
    [
      'when the database is another',
      "has no table 'query'",
      () => ({ settings: { PGDATABASE: 'postgres' } }),
    ],
    ['when it shall keep none', 'BACKUP_KEEP', () => ({ settings: { BACKUP_KEEP: '0' } })],
    ['when another one runs', 'another', () => ({ under: ['flock', join(folder, '.lock')] })],
    ['without the password', 'No such file', () => ({ settings: { PGPASSWORD_FILE: '/absent' } })],
  ];

  it.each(failing)('%s', async (_, reason, given) => {
    const { code, stderr } = await backup({
      ...given()!,
      settings: { BACKUP_KEEP: '1', ...given()?.settings },
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain(reason);
    expect(dumps().filter((name) => name !== leftOver)).toEqual(older);
  });
});

/** @returns a folder with a pg_dump that leaves half of its file, and says nothing of it */
function cutting(): string {
  const programs = join(folder, 'bin');
  mkdirSync(programs, { recursive: true });
  const text = `#!/bin/sh
for last in "$@"; do :; done
file=\${last#--file=}
${postgres.bin}/pg_dump "$@" && truncate --size=$(($(stat --format=%s "$file") / 2)) "$file"
`;
  writeFileSync(join(programs, 'pg_dump'), text);
  chmodSync(join(programs, 'pg_dump'), 0o755);
  return programs;
}
