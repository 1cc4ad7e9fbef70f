import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../config.js';
import { homeOf, prepareHome } from './home.js';
import { takeLock } from './lock.js';
import { inOwnHome } from './own-home.js';
import { startPostgres } from './postgres.js';
import { isAlive } from './run-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-homes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const config = readConfig({});

it('is there for the work alone', async () => {
  const there = await inOwnHome(config, ({ home }) => Promise.resolve(existsSync(home)), folder);
  expect(there).toBe(true);
  const failing = inOwnHome(config, () => Promise.reject(new Error('failed')), folder);
  await expect(failing).rejects.toThrow('failed');
  expect(readdirSync(folder)).toEqual([]);
});

it('takes away what a killed process left, and nothing of one that lives', async () => {
  const [left, used, other] = [newHome(), newHome(), newHome()];
  const postgres = await startPostgres(homeOf(left));
  const cluster = JSON.parse(readFileSync(homeOf(left).clusterFile, 'utf8')) as { folder: string };
  const pid = Number(readFileSync(join(cluster.folder, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
  // The operating system takes the lock of a killed process back.
  takeLock(join(left, 'owner.db'))?.release();
  const lock = takeLock(join(used, 'owner.db'));

  await inOwnHome(config, () => Promise.resolve(), folder);

  await postgres.ended;
  expect(isAlive(pid)).toBe(false);
  expect([cluster.folder, left, used, other].map((each) => existsSync(each))).toEqual([
    false,
    false,
    true,
    true,
  ]);
  lock?.release();
}, 60_000);

function newHome(): string {
  const home = mkdtempSync(join(folder, 'nano-own-'));
  prepareHome(homeOf(home));
  return home;
}
