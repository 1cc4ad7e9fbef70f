import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRun, removeRun, writeRun, type Run } from './run-file.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-run-'));
const file = join(folder, 'run.json');
const run: Run = {
  pid: process.pid,
  url: 'http://127.0.0.1:8080',
  workers: { executor: 'http://127.0.0.1:40001' },
  stays: true,
  startedAt: '2026-01-01T00:00:00.000Z',
};

afterAll(() => rmSync(folder, { recursive: true }));

describe('the run file', () => {
  it('tells who runs, to its owner only', () => {
    writeRun(file, run);
    expect(readRun(file)).toEqual(run);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('tells nothing once its process is gone', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeRun(file, { ...run, pid });
    expect(readRun(file)).toBeNull();
  });

  it('tells nothing when absent, cut short or of another form', () => {
    removeRun(file);
    expect(readRun(file)).toBeNull();
    expect(readRun('/dev/null/run.json')).toBeNull();
    writeFileSync(file, '{"pid":');
    expect(readRun(file)).toBeNull();
    writeFileSync(file, '{"pid":"x"}');
    expect(readRun(file)).toBeNull();
  });
});
