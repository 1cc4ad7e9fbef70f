import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { describeError } from '#shared/errors/app-error';
import { CliError } from '../cli-error.js';
import type { Home } from './home.js';
import { postgresAccount, type Account } from './postgres-account.js';
import { providePostgres, type Binaries } from './postgres-binaries.js';
import { choosePlace } from './postgres-place.js';
import { bareEnvironment, startPostmaster, stopLeftover, stopProcess } from './postmaster.js';
import { readIfPresent } from './secrets.js';

const run = promisify(execFile);
const user = 'nano';
const starts = 3;
/** Ends of a start that the next try may not meet: the port was taken meanwhile, or a killed server's children still end. */
const passing = /could not bind|Address already in use|pre-existing shared memory/u;

const clusterSchema = z.object({ folder: z.string(), password: z.string() });
type Cluster = z.infer<typeof clusterSchema>;

export interface Postgres {
  url: string;
  /** Resolves when the server ends, wanted or not. */
  ended: Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the home's own PostgreSQL on a free port of the loopback address; makes its cluster first if there is none.
 * The caller holds the lock of the home.
 */
export async function startPostgres(home: Home): Promise<Postgres> {
  const caller = postgresAccount();
  const place = choosePlace(home, caller);
  const binaries = providePostgres(place, caller);
  const cluster = readCluster(home) ?? (await makeCluster(home, place, binaries, caller));
  const dataFolder = join(cluster.folder, 'data');
  await stopLeftover(dataFolder);
  const account = caller && ownerOf(dataFolder);
  const { child, port } = await startOnFreePort({
    program: binaries.postgres,
    dataFolder,
    logFile: join(home.logs, 'postgres.log'),
    account,
  });
  // A process that ends without closing, by an uncaught error say, leaves no server behind.
  const stopAtExit = () => void child.kill('SIGINT');
  process.once('exit', stopAtExit);
  child.once('exit', () => process.off('exit', stopAtExit));
  return {
    url: `postgres://${user}:${cluster.password}@127.0.0.1:${port}/postgres`,
    ended: new Promise((resolve) => child.once('exit', () => resolve())),
    close: () => stopProcess(child),
  };
}

/** Removes a home's data, wherever they are; ends what a killed process left running on them. */
export async function removePostgres(home: Home): Promise<void> {
  const place = choosePlace(home, postgresAccount());
  await removeClusters(place);
  rmSync(place, { recursive: true, force: true });
}

async function startOnFreePort(start: Omit<Parameters<typeof startPostmaster>[0], 'port'>) {
  for (let left = starts - 1; ; left--) {
    const port = await freePort();
    try {
      return { port, child: await startPostmaster({ ...start, port }) };
    } catch (error) {
      if (left === 0 || !passing.test(describeError(error))) throw error;
      await sleep(200);
    }
  }
}

function readCluster(home: Home): Cluster | null {
  const text = readIfPresent(home.clusterFile);
  if (text === null) return null;
  const cluster = clusterSchema.parse(JSON.parse(text));
  return existsSync(join(cluster.folder, 'data/PG_VERSION')) ? cluster : null;
}

/** A cluster counts once the home's cluster file names it; what an interrupted start or a removed home left is cleared away. */
async function makeCluster(
  home: Home,
  place: string,
  binaries: Binaries,
  account: Account | null,
): Promise<Cluster> {
  await removeClusters(place);
  const password = randomBytes(18).toString('base64url');
  const folder = join(place, `cluster-${randomBytes(6).toString('hex')}`);
  mkdirSync(folder, { mode: 0o700 });
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) for (const path of [folder, passwordFile]) chownSync(path, account.uid, account.gid);
  await initdb(binaries.initdb, join(folder, 'data'), passwordFile, account);
  rmSync(passwordFile);
  const cluster = { folder, password };
  const draft = `${home.clusterFile}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(cluster)}\n`, { mode: 0o600 });
  renameSync(draft, home.clusterFile);
  return cluster;
}

async function initdb(
  program: string,
  dataFolder: string,
  passwordFile: string,
  account: Account | null,
): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // Many rounds slow down guessing: at a random password there is nothing to guess, and every connection pays for them.
  const rounds = ['--set', 'scram_iterations=64'];
  const access = [`--username=${user}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, ...rounds];
  try {
    const options = ['-D', dataFolder, ...locale, ...access, '--no-instructions'];
    await run(program, options, { cwd: '/', env: bareEnvironment, ...account });
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() || describeError(error);
    throw new CliError('postgres_failed', `initdb failed: ${said}`, { cause: error });
  }
}

async function removeClusters(place: string): Promise<void> {
  for (const name of readdirSync(place).filter((name) => name.startsWith('cluster-'))) {
    await stopLeftover(join(place, name, 'data'));
    rmSync(join(place, name), { recursive: true, force: true });
  }
}

/** The server must run as the owner of its data, which need not be the account a new cluster would get. */
function ownerOf(dataFolder: string): Account {
  const { uid, gid } = statSync(dataFolder);
  return { uid, gid };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
