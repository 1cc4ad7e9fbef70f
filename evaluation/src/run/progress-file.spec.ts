import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AskedQuestion } from './asked-question.js';
import { ProgressFile } from './progress-file.js';

const asked = (index: number, sql: string): AskedQuestion => ({
  index,
  queryId: `q${index}`,
  status: 'succeeded',
  sql,
  attempts: [],
  tables: [],
  timings: { retrieve: 1, generate: 1, execute: 1, waited: 1, total: 4 },
  failure: null,
});

describe('ProgressFile', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'nano-progress-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  it('gives back what was added before, but for a line that was cut', () => {
    const { progress } = ProgressFile.open(out, 'one', false);
    progress.add(asked(1, 'SELECT 1'));
    progress.add(asked(0, "SELECT 'ü'"));
    appendFileSync(join(out, 'progress.jsonl'), '{"index":2,"que');
    const resumed = ProgressFile.open(out, 'one', true);
    expect(resumed.done).toEqual([asked(1, 'SELECT 1'), asked(0, "SELECT 'ü'")]);
    resumed.progress.add(asked(2, 'SELECT 3'));
    expect(ProgressFile.open(out, 'one', true).done.map(({ index }) => index)).toEqual([1, 0, 2]);
  });

  it('starts anew unless told to resume', () => {
    ProgressFile.open(out, 'one', false).progress.add(asked(1, 'SELECT 1'));
    expect(ProgressFile.open(out, 'one', false).done).toEqual([]);
    expect(ProgressFile.open(out, 'one', true).done).toEqual([]);
  });

  it('refuses to resume another run', () => {
    ProgressFile.open(out, 'one', false);
    expect(() => ProgressFile.open(out, 'two', true)).toThrow(/belongs to a run with other questions/);
  });
});
