import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { freePort } from './redis.js';

export interface TestMariadb {
  /** Of the administrator, to the database `mysql`. */
  url: string;
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;
const password = 'administrator';

/** A real MariaDB of the test's own on a free port of loopback, in a folder that goes away with it. */
export async function startMariadb(): Promise<TestMariadb> {
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-mariadb-'));
  const account = otherAccount();
  const data = join(folder, 'data');
  mkdirSync(data);
  chmodSync(folder, 0o711);
  if (account) chownSync(data, account.uid, account.gid);
  const port = await freePort();
  const places = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${data}/mysqld.sock`,
    `--pid-file=${data}/pid`,
  ];
  execFileSync(
    'mariadb-install-db',
    [...places, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { ...account, cwd: data, stdio: 'ignore' },
  );
  const child = spawn(
    'mariadbd',
    [
      ...places,
      ...[`--port=${port}`, '--bind-address=127.0.0.1', '--skip-name-resolve', '--skip-log-bin'],
      ...['--innodb-buffer-pool-size=16M', '--innodb-flush-log-at-trx-commit=0', '--performance-schema=OFF'],
    ],
    { ...account, cwd: data, stdio: 'ignore' },
  );
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await administer(child, `${data}/mysqld.sock`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `mysql://administrator:${password}@127.0.0.1:${port}/mysql`, stop };
}

/** MariaDB refuses to run as root. */
function otherAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody']).stdout.toString());
  return { uid: id('-u'), gid: id('-g') };
}

async function administer(child: ChildProcess, socketPath: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    try {
      const connection = await createConnection({ socketPath, user: 'root' });
      await connection.query(`CREATE USER administrator@'%' IDENTIFIED BY '${password}'`);
      await connection.query(`GRANT ALL ON *.* TO administrator@'%' WITH GRANT OPTION`);
      await connection.end();
      return;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
