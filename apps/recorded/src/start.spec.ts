import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { start } from './start.js';

describe('the recorded model', () => {
  let folder: string;
  const place = (name: string) => join(folder, name);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nano-recorded-'));
    const questions = [
      { db_id: 'pets', question: 'How  many?', query: 'SELECT 1' },
      { db_id: 'songs', question: 'How many?', query: 'SELECT 2' },
    ];
    writeFileSync(place('dev.json'), JSON.stringify(questions));
    writeFileSync(
      place('tables.json'),
      JSON.stringify([
        { db_id: 'pets', table_names_original: ['Pet'] },
        { db_id: 'songs', table_names_original: ['Song'] },
      ]),
    );
    writeFileSync(place('a.sql'), 'SELECT 10\tpets\nSELECT 20\tsongs\n');
    writeFileSync(place('b.jsonl'), '["SELECT 11"]\n["SELECT 21", "SELECT 22"]\n');
    writeFileSync(place('short.sql'), 'SELECT 10\n');
    writeFileSync(place('broken.jsonl'), '["SELECT 11"]\nSELECT 21\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const environment = (...outputs: string[]) => ({
    RECORDED_PORT: '0',
    RECORDED_QUESTIONS: place('dev.json'),
    RECORDED_TABLES: place('tables.json'),
    RECORDED_OUTPUTS: outputs.map(place).join(delimiter),
  });

  it('serves Spider-style files to a client of the OpenAI API', async () => {
    const running = await start(environment('a.sql', 'b.jsonl'));
    const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const ask = (question: string) =>
      client.chat.completions.create({
        model: 'nano-recorded',
        n: 2,
        messages: [{ role: 'user', content: `Tables:\ntable Song\n  id INTEGER\n\nQuestion: ${question}` }],
      });
    const { choices } = await ask('How many?');
    expect(choices.map(({ message }) => message.content)).toEqual(['SELECT 20', 'SELECT 21']);
    await expect(ask('Why?')).rejects.toMatchObject({ status: 422, code: 'not_recorded' });
    await running.close();
  });

  it('names the setting or the file that is wrong', async () => {
    await expect(start({ RECORDED_QUESTIONS: place('dev.json') })).rejects.toThrow(/RECORDED_OUTPUTS/);
    await expect(start(environment('short.sql'))).rejects.toThrow(/short\.sql has 1 lines for 2 questions/);
    await expect(start(environment('broken.jsonl'))).rejects.toThrow(/broken\.jsonl, line 2 is not JSON/);
  });
});
