import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './redis.js';

export interface DebianPostgres {
  /** Of the superuser, to the database `postgres`. */
  url: string;
  /** Runs one of its own programs: `pg_dump` refuses a server that is newer than itself. @throws when it fails */
  run(program: 'pg_restore', ...args: string[]): void;
  /** Where its programs are. */
  bin: string;
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;
const password = 'superuser';

/** The newest PostgreSQL of Debian's packages, in a folder that goes away with it: the embedded one has no programs for backups. */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  const bin = globSync('/usr/lib/postgresql/*/bin').toSorted().at(-1);
  if (bin === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-debian-postgres-'));
  const account = otherAccount();
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password);
  chmodSync(folder, 0o711);
  if (account) for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid);
  const given = { ...account, cwd: data, stdio: 'ignore' as const };
  const cluster = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`, '--no-sync'];
  execFileSync(join(bin, 'initdb'), ['-D', data, ...cluster], given);
  const port = await freePort();
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'];
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    given,
  );
  const stop = async (): Promise<void> => {
    await ended(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(server, [join(bin, 'pg_isready'), '-h', '127.0.0.1', '-p', String(port)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    run: (program, ...args) =>
      void execFileSync(join(bin, program), args, { stdio: ['ignore', 'ignore', 'pipe'] }),
    bin,
    stop,
  };
}

/** PostgreSQL refuses to run as root. */
function otherAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody']).stdout.toString());
  return { uid: id('-u'), gid: id('-g') };
}

async function answers(server: ChildProcess, [program = '', ...args]: string[]): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (spawnSync(program, args, { stdio: 'ignore' }).status !== 0) {
    if (server.exitCode !== null || Date.now() > deadline) throw new Error('PostgreSQL does not answer');
    await sleep(100);
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGINT');
  await exit;
}
