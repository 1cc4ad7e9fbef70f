import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { batches, readStatements } from './sql.statements.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-statements-'));
const file = join(folder, 'statements.jsonl');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the file of statements', () => {
  it('is read line by line, ids kept and made up where they are missing', async () => {
    writeFileSync(file, '{"id":"a","sql":"SELECT 1","why":"x"}\n\n{"sql":"SELECT \\u0000"}\r\n');
    expect(await readStatements(file)).toEqual([
      { id: 'a', sql: 'SELECT 1' },
      { id: 3, sql: 'SELECT \0' },
    ]);
  });

  it.each(['SELECT 1\n', '{"sql":1}\n', '[]\n', '\n'])('refuses %j and says where', async (text) => {
    writeFileSync(file, text);
    await expect(readStatements(file)).rejects.toMatchObject({ code: 'usage' });
  });

  it('is cut into batches that a request takes, none lost', () => {
    const statements = Array.from({ length: 450 }, (_, id) => ({ id, sql: 'x'.repeat(id * 10) }));
    const cut = [...batches(statements)];
    expect(cut.flat()).toEqual(statements);
    for (const batch of cut) {
      expect(batch.length).toBeLessThanOrEqual(200);
      expect(JSON.stringify(batch.map(({ sql }) => sql)).length).toBeLessThan(210_000);
    }
  });
});
