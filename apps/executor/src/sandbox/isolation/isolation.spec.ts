import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DialectSandbox } from '../dialect.sandbox.js';
import { atLeast, detectIsolation, type Isolation, processIsolation } from './isolation.js';

/** What a program would do that got past everything else. One line an attempt: its name and what came of it. */
const intruder = `
import { readFileSync, writeFileSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { connect } from 'node:net';
const attempt = (name, act) => { try { act(); console.log(name, 'done'); } catch (error) { console.log(name, error.code ?? error.name); } };
attempt('own', () => readFileSync(process.argv[2]));
attempt('read', () => readFileSync('/etc/hostname'));
attempt('list', () => readdirSync('/'));
attempt('write', () => writeFileSync(process.argv[3], 'x'));
attempt('append', () => writeFileSync(process.argv[2], 'x', { flag: 'a' }));
attempt('start', () => execFileSync('/bin/true'));
attempt('signal', () => process.kill(process.ppid, 0));
attempt('memory', () => { const held = []; for (let i = 0; i < 60; i += 1) held.push(Buffer.alloc(50e6, 1)); });
connect(9, '127.0.0.1').on('error', (error) => console.log('connect', error.code));
`;

let folder: string;
let isolation: Isolation;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nano-isolation-'));
  isolation = await detectIsolation(join(folder, 'cache'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function intrude(): Record<string, string> {
  const program = join(folder, 'intruder.mjs');
  const data = join(folder, 'data');
  const target = join(folder, 'written');
  writeFileSync(program, intruder);
  writeFileSync(data, 'data');
  const [command, ...rest] = isolation.wrap(
    [process.execPath, '--openssl-config=/dev/null', program, data, target],
    [program, data],
  );
  const { stdout } = spawnSync(command, rest, {
    env: {},
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(existsSync(target)).toBe(false);
  return Object.fromEntries(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
}

describe('isolation', () => {
  it('orders its levels', () => {
    expect(atLeast('landlock', 'limits')).toBe(true);
    expect(atLeast('process', 'limits')).toBe(false);
  });

  it('names what is missing exactly when it is not the best', () => {
    expect(isolation.missing === '').toBe(isolation.level === 'landlock');
  });

  it('stops whatever the level promises to stop', () => {
    if (isolation.level === 'process') throw new Error(`this host isolates nothing: ${isolation.missing}`);
    const outcome = intrude();
    expect(outcome).toMatchObject({ own: 'done', memory: 'ERR_MEMORY_ALLOCATION_FAILED' });
    expect(outcome['write']).not.toBe('done');
    if (isolation.level !== 'landlock') return;
    expect(outcome).toMatchObject({
      ...{ read: 'EACCES', list: 'EACCES', write: 'EACCES', append: 'EACCES', start: 'EACCES' },
      ...{ signal: 'EPERM', connect: 'EPERM' },
    });
  });

  it('refuses to run on a host that gives less than is required', async () => {
    const sandbox = new DialectSandbox({ isolation: processIsolation, requireIsolation: 'landlock' });
    await expect(sandbox.isolationLevel()).rejects.toThrow(/landlock is required/);
    await sandbox.close();
  });
});
