import { afterEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { homeOf, prepareHome, type Home } from './home.js';
import { startPostgres, type Postgres } from './postgres.js';
import { isAlive } from './run-file.js';

const isRoot = process.getuid?.() === 0;
const folders: string[] = [];
const running = new Set<Postgres>();

async function start(home: Home): Promise<Postgres> {
  const postgres = await startPostgres(home);
  running.add(postgres);
  return postgres;
}

function newHome(parentMode = 0o755): Home {
  const parent = mkdtempSync(join(tmpdir(), 'nano-postgres-'));
  chmodSync(parent, parentMode);
  folders.push(parent);
  const home = homeOf(join(parent, 'home'));
  prepareHome(home);
  return home;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

function clusterOf(home: Home): { folder: string; pid: number } {
  const { folder } = JSON.parse(readFileSync(home.clusterFile, 'utf8')) as { folder: string };
  return { folder, pid: Number(readFileSync(join(folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]) };
}

afterEach(async () => {
  await Promise.all([...running].map((postgres) => postgres.close()));
  running.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('embedded PostgreSQL', () => {
  it('starts, keeps what was written over a restart, and is gone after close', async () => {
    const home = newHome();
    const first = await start(home);
    await ask(first.url, 'create table t as select 42 as n');
    const { pid } = clusterOf(home);
    await first.close();
    await first.ended;
    expect(isAlive(pid)).toBe(false);

    const second = await start(home);
    expect(await ask(second.url, 'select n from t')).toBe(42);
    expect(await ask(second.url, 'show data_checksums')).toBe('on');
    expect(await ask(second.url, 'select rolpassword from pg_authid where rolname = current_user')).toMatch(
      /^SCRAM-SHA-256\$64:/u,
    );
    expect(statSync(home.clusterFile).mode & 0o077).toBe(0);
  }, 60_000);

  it('refuses a wrong password', async () => {
    const { url } = await start(newHome());
    await expect(ask(url.replace(/nano:[^@]+@/u, 'nano:wrong@'), 'select 1')).rejects.toThrow(
      /authentication failed/u,
    );
  }, 60_000);

  it('recovers after the server was killed', async () => {
    const home = newHome();
    const first = await start(home);
    await ask(first.url, 'create table t as select 7 as n');
    process.kill(clusterOf(home).pid, 'SIGKILL');
    await first.ended;
    expect(await ask((await start(home)).url, 'select n from t')).toBe(7);
  }, 60_000);

  it('takes over from a server that a killed parent left running', async () => {
    const home = newHome();
    const left = await start(home);
    await ask(left.url, 'create table t as select 8 as n');
    const { pid } = clusterOf(home);
    const next = await start(home);
    await left.ended;
    expect(isAlive(pid)).toBe(false);
    expect(await ask(next.url, 'select n from t')).toBe(8);
  }, 60_000);

  it('starts over a stale lock file whose process number is now something else', async () => {
    const home = newHome();
    await (await start(home)).close();
    const { folder } = JSON.parse(readFileSync(home.clusterFile, 'utf8')) as { folder: string };
    const lock = join(folder, 'data/postmaster.pid');
    writeFileSync(lock, `${process.pid}\n${folder}/data\n0\n1\n\n127.0.0.1\n0 0\nready\n`);
    expect(await ask((await start(home)).url, 'select 1')).toBe(1);
  }, 60_000);

  it('begins anew when an interrupted start left half a cluster', async () => {
    const home = newHome();
    mkdirSync(join(home.postgres, 'cluster-half/data'), { recursive: true });
    expect(await ask((await start(home)).url, 'select 1')).toBe(1);
    expect(() => statSync(join(home.postgres, 'cluster-half'))).toThrow(/ENOENT/u);
  }, 60_000);

  it('runs as an account that may not enter the folder above the home', async () => {
    const home = newHome(0o700);
    expect(await ask((await start(home)).url, 'select 1')).toBe(1);
    const { folder } = clusterOf(home);
    expect(folder.startsWith(home.folder)).toBe(!isRoot);
    expect(statSync(folder).uid === 0).toBe(false);
    folders.push(join(folder, '..'));
  }, 60_000);
});
