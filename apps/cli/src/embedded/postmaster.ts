import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import type { Account } from './postgres-account.js';
import { commandLineOf } from './process-table.js';
import { isAlive } from './run-file.js';
import { readIfPresent } from './secrets.js';

const pollMs = 10;
/** Crash recovery replays the log before the server is ready. */
const readyMs = 60_000;
const fastStopMs = 10_000;
const logLimitBytes = 10 * 1024 * 1024;

/** Small, and as durable as any: the truth about queries is in here. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '64MB',
  wal_level: 'minimal',
  max_wal_senders: 0,
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  io_method: 'sync',
  max_parallel_workers_per_gather: 0,
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

export interface PostmasterStart {
  program: string;
  dataFolder: string;
  logFile: string;
  port: number;
  account: Account | null;
}

/** The environment of PostgreSQL's programs: nothing of the caller's. */
export const bareEnvironment = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };

/**
 * Starts a server and waits until it takes connections. It gets a session of its own, so that
 * Ctrl-C in the terminal does not stop it before those that still write to it.
 */
export async function startPostmaster(start: PostmasterStart): Promise<ChildProcess> {
  const log = openSync(start.logFile, sizeOf(start.logFile) > logLimitBytes ? 'w' : 'a', 0o600);
  const logStart = sizeOf(start.logFile);
  const options = Object.entries({ ...settings, port: start.port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const child = spawn(start.program, ['-D', start.dataFolder, ...options], {
    cwd: '/',
    env: bareEnvironment,
    stdio: ['ignore', log, log],
    detached: true,
    ...start.account,
  });
  closeSync(log);
  const failure = new Promise<Error>((resolve) => child.once('error', resolve));
  const deadline = Date.now() + readyMs;
  while (!isReady(start.dataFolder, child)) {
    const failed = await Promise.race([failure, sleep(pollMs, null)]);
    if (failed ?? (child.exitCode !== null || child.signalCode !== null)) {
      throw new CliError('postgres_failed', describeEnd(start, logStart), { cause: failed });
    }
    if (Date.now() > deadline) {
      await stopProcess(child);
      throw new CliError(
        'postgres_failed',
        `PostgreSQL was not ready after ${readyMs / 1000} s; log: ${start.logFile}`,
      );
    }
  }
  return child;
}

/** Ends a child: open transactions are rolled back; without a clean end in time, recovery does it at the next start. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  await stopPid(pid, () => child.exitCode === null && child.signalCode === null);
}

/**
 * Stops a server that a killed parent left on this data folder, and takes away a lock file
 * whose process number now belongs to something else.
 */
export async function stopLeftover(dataFolder: string): Promise<void> {
  const lockFile = join(dataFolder, 'postmaster.pid');
  const pid = Number(readIfPresent(lockFile)?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return;
  if (isPostmasterOf(pid, dataFolder)) await stopPid(pid, () => isAlive(pid));
  else rmSync(lockFile);
}

function isPostmasterOf(pid: number, dataFolder: string): boolean {
  const [program, ...rest] = commandLineOf(pid);
  return program !== undefined && basename(program) === 'postgres' && rest.includes(dataFolder);
}

async function stopPid(pid: number, runs: () => boolean): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (runs()) process.kill(pid, signal);
    const deadline = Date.now() + fastStopMs;
    while (runs() && Date.now() < deadline) await sleep(pollMs);
  }
}

function isReady(dataFolder: string, child: ChildProcess): boolean {
  const lines = readIfPresent(join(dataFolder, 'postmaster.pid'))?.split('\n') ?? [];
  return Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready';
}

function describeEnd({ logFile }: PostmasterStart, logStart: number): string {
  const said = readFileSync(logFile).subarray(logStart).toString('utf8').trim().split('\n');
  const fatal = said.findLast((line) => /FATAL|PANIC|error/u.test(line)) ?? said.at(-1) ?? '';
  return `PostgreSQL did not start: ${fatal.trim()} (log: ${logFile})`;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
