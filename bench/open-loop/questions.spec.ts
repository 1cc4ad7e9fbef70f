import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { bundledQuestions, readQuestions } from './questions.js';

const folder = mkdtempSync(join(tmpdir(), 'nano-test-questions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

it.each([
  ['a.txt', 'How many?\n\nWho?\n'],
  ['a.jsonl', '{"question": "How many?", "sql": "SELECT 1"}\n"Who?"\n'],
  ['a.json', '["How many?", {"question": "Who?"}]'],
  ['a.yaml', '- question: How many?\n- Who?\n'],
])('reads %s', (name, text) => {
  expect(readQuestions(fileOf(name, text), 'sales')).toEqual([
    { question: 'How many?', datasource: 'sales' },
    { question: 'Who?', datasource: 'sales' },
  ]);
});

it('leaves a question with the datasource that its file names', () => {
  const file = fileOf('b.json', '[{"question": "Who?", "datasource": "staff"}]');
  expect(readQuestions(file, 'sales')).toEqual([{ question: 'Who?', datasource: 'staff' }]);
});

it('says which question of a file is none', () => {
  expect(() => readQuestions(fileOf('c.json', '["Who?", 7]'), undefined)).toThrow('question 2');
  expect(() => readQuestions(fileOf('d.json', '{}'), undefined)).toThrow('expected a list');
  expect(() => readQuestions(fileOf('e.txt', '\n'), undefined)).toThrow('no question');
});

it('asks the samples, or one of them', () => {
  expect(bundledQuestions(undefined)).toHaveLength(30);
  expect(new Set(bundledQuestions('shop').map(({ datasource }) => datasource))).toEqual(new Set(['shop']));
});
