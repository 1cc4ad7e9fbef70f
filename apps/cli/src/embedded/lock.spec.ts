import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-lock-'));
const file = join(folder, 'lock.db');

/** A process that holds the lock until it is killed. */
async function holder(): Promise<ChildProcess> {
  const code = `const { DatabaseSync } = require('node:sqlite');
    globalThis.held = new DatabaseSync(process.argv[1]);
    held.exec('BEGIN EXCLUSIVE');
    console.log('held');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['-e', code, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

describe('the lock of a home', () => {
  it('is free for one at a time, and goes when its holder is killed', async () => {
    const child = await holder();
    expect(takeLock(file)).toBeNull();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const lock = takeLock(file);
    expect(lock).not.toBeNull();
    lock?.release();
  });

  it('is taken although others try for it at the same moment', async () => {
    const code = `const { DatabaseSync } = require('node:sqlite');
      const other = new DatabaseSync(process.argv[1]);
      other.exec('BEGIN; SELECT * FROM sqlite_master');
      console.log('tries');
      setTimeout(() => other.exec('ROLLBACK'), 100);`;
    const child = spawn(process.execPath, ['-e', code, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const lock = takeLock(file);
    expect(lock).not.toBeNull();
    lock?.release();
  });

  it('names the folder when it cannot be locked', () => {
    expect(() => takeLock(join(folder, 'absent/lock.db'))).toThrow(/absent\/lock.db cannot be locked/u);
  });
});
