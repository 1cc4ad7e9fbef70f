import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { childFromSource } from '../../test-support/child-from-source.js';
import { writeTinyDataset, type TinyQuestion } from '../../test-support/tiny-dataset.js';
import type { QuestionScore } from './question-score.js';
import { scorePredictions, type ScorePredictionsOptions } from './score-predictions.js';

const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

async function score(
  questions: TinyQuestion[],
  options: Partial<ScorePredictionsOptions> & { databases?: 1 | 2 } = {},
) {
  const data = writeTinyDataset(questions, options);
  folders.push(data);
  const out = join(data, 'out');
  const predictions = join(data, 'predictions.sql');
  const { metrics } = await scorePredictions({
    data,
    predictions,
    out,
    program: childFromSource,
    size: 1,
    ...options,
  });
  const lines = readFileSync(join(out, 'detailed_results.jsonl'), 'utf8').trimEnd().split('\n');
  const written: unknown = JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8'));
  return { metrics, written, scores: lines.map((line) => JSON.parse(line) as QuestionScore) };
}

async function verdictOf(gold: string, predicted: string, options = {}): Promise<boolean> {
  const { scores } = await score([{ gold, predicted }], options);
  return scores[0]!.correct;
}

describe('scorePredictions', () => {
  it('writes one line a question in order and the metrics', async () => {
    const { metrics, written, scores } = await score([
      { gold: 'SELECT count(*) FROM pet', predicted: 'SELECT count(id) FROM pet' },
      { gold: "SELECT name FROM owner WHERE city = 'Bonn'", predicted: 'SELECT name FROM owner' },
      { gold: 'SELECT name FROM owner', predicted: 'SELECT nam FROM owner' },
      { gold: 'SELECT kind FROM pet GROUP BY kind HAVING count(*) > 1', predicted: '' },
    ]);
    expect(written).toEqual(metrics);
    expect(metrics).toMatchObject({
      questions: 4,
      ex: 0.25,
      validSql: 0.5,
      executes: 0.5,
      byHardness: { easy: { questions: 4, ex: 0.25 } },
      byDatabase: { pets: { questions: 4, ex: 0.25 } },
      failures: { empty: 1, invalid: 1, differs: 1, gold: 0 },
    });
    expect(scores.map(({ index, dbId, correct }) => ({ index, dbId, correct }))).toEqual([
      { index: 0, dbId: 'pets', correct: true },
      { index: 1, dbId: 'pets', correct: false },
      { index: 2, dbId: 'pets', correct: false },
      { index: 3, dbId: 'pets', correct: false },
    ]);
    expect(scores[1]!.results).toEqual({
      gold: { columns: ['name'], rows: [['Ada'], ['Ben']], rowCount: 2, complete: true },
      predicted: {
        columns: ['name'],
        rows: [['Ada'], ['Ben'], ['Cleo'], ['Zo']],
        rowCount: 4,
        complete: true,
      },
    });
    expect(scores[2]!.error).toEqual({ kind: 'invalid', message: 'no such column: nam' });
    expect(scores[3]!.error?.kind).toBe('empty');
  });

  it('removes DISTINCT from both statements unless told to keep it', async () => {
    const gold = 'SELECT DISTINCT kind FROM pet';
    expect(await verdictOf(gold, 'SELECT kind FROM pet')).toBe(true);
    expect(await verdictOf(gold, 'SELECT kind FROM pet', { keepDistinct: true })).toBe(false);
    expect(await verdictOf(gold, 'SELECT DISTINCT(kind) FROM pet', { keepDistinct: true })).toBe(true);
  });

  it('heeds the order of rows only where gold orders', async () => {
    const descending = 'SELECT name FROM owner ORDER BY name DESC';
    expect(await verdictOf('SELECT name FROM owner', descending)).toBe(true);
    expect(await verdictOf('SELECT name FROM owner ORDER BY name', descending)).toBe(false);
  });

  it('runs what models write: split operators, value for 1, text in double quotes', async () => {
    const gold = "SELECT count(*) FROM pet WHERE id >= 1 AND kind = 'cat'";
    expect(await verdictOf(gold, 'SELECT count(*) FROM pet WHERE id > = value AND kind = "cat"')).toBe(true);
    expect(
      await verdictOf(gold, 'SELECT count(*) FROM pet WHERE id > = value', { plainValueIsOne: false }),
    ).toBe(false);
  });

  it('drops bytes that are no UTF-8', async () => {
    expect(await verdictOf("SELECT 'Zo'", 'SELECT name FROM owner WHERE id = 9')).toBe(true);
  });

  it('wants the same result on every database of the schema', async () => {
    const gold =
      "SELECT DISTINCT city FROM owner JOIN pet ON owner.id = owner_id WHERE kind = 'cat' AND name = 'Ada'";
    const lucky = "SELECT city FROM owner WHERE name = 'Ben'";
    expect(await verdictOf(gold, lucky)).toBe(true);
    expect(await verdictOf(gold, lucky, { databases: 2 })).toBe(false);
    expect(await verdictOf(gold, "SELECT city FROM owner WHERE name = 'Ada'", { databases: 2 })).toBe(true);
  });

  it('kills a statement that does not end and scores the rest', async () => {
    const { scores, metrics } = await score(
      [
        { gold: 'SELECT 1', predicted: endless },
        { gold: 'SELECT 1', predicted: 'SELECT 1' },
      ],
      { timeoutMs: 1_500 },
    );
    expect(scores[0]).toMatchObject({
      correct: false,
      validSql: true,
      executes: false,
      error: { kind: 'timeout' },
    });
    expect(scores[1]!.correct).toBe(true);
    expect(metrics.failures.timeout).toBe(1);
  });

  it('stops reading a result that is too long to be right', async () => {
    const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';
    const { scores } = await score([{ gold: 'SELECT 1', predicted: many }]);
    expect(scores[0]!.error).toBeUndefined();
    expect(scores[0]!.results?.predicted.complete).toBe(false);
  });

  it('lets a prediction only read', async () => {
    for (const predicted of ['DELETE FROM pet', "ATTACH 'other.sqlite' AS other", 'PRAGMA table_info(pet)']) {
      const { scores } = await score([{ gold: 'SELECT 1 WHERE 0', predicted }]);
      expect(scores[0]!.error).toEqual({ kind: 'invalid', message: 'not authorized' });
    }
  });

  it('says which gold statements do not run', async () => {
    const { scores, metrics } = await score([{ gold: 'SELECT nothing FROM nowhere', predicted: 'SELECT 1' }]);
    expect(scores[0]!.error?.kind).toBe('gold');
    expect(scores[0]!.hardness).toBeNull();
    expect(metrics).toMatchObject({ goldFailures: 1, byHardness: { unknown: { questions: 1, ex: 0 } } });
  });

  it('writes a dashboard, with the differences from another run where one is named', async () => {
    const questions = [{ gold: 'SELECT 1', predicted: 'SELECT 2' }];
    const data = writeTinyDataset(questions);
    folders.push(data);
    const common = { data, predictions: join(data, 'predictions.sql'), program: childFromSource, size: 1 };
    const first = join(data, 'first');
    const second = join(data, 'second');
    await scorePredictions({ ...common, out: first });
    await scorePredictions({ ...common, out: second, compareWith: first });
    expect(readFileSync(join(first, 'dashboard.html'), 'utf8')).toContain('"comparison":null');
    expect(readFileSync(join(second, 'dashboard.html'), 'utf8')).toContain('"onlyFirstCorrect":0');
  });

  it('scores the selected questions with a file of their own predictions as with one of all', async () => {
    const questions = [1, 2, 3].map((id) => ({ gold: `SELECT ${id}`, predicted: `SELECT ${id}` }));
    const data = writeTinyDataset(questions);
    folders.push(data);
    const predictions = join(data, 'first.sql');
    writeFileSync(predictions, 'SELECT 1\nSELECT 7\n');
    const common = { data, out: data, limit: 2, program: childFromSource, size: 1 };
    const own = await scorePredictions({ ...common, predictions });
    expect(own.metrics).toMatchObject({ questions: 2, ex: 0.5 });
    const all = await scorePredictions({ ...common, predictions: join(data, 'predictions.sql') });
    expect(all.metrics).toMatchObject({ questions: 2, ex: 1 });
  });

  it('scores dialogues, whose predictions blank lines may part', async () => {
    const data = writeTinyDataset([]);
    folders.push(data);
    const turn = (query: string) => ({ utterance: query, query });
    const dialogues = [
      { database_id: 'pets', interaction: [turn('SELECT 1'), turn('SELECT 2')] },
      { database_id: 'pets', interaction: [turn('SELECT 3')] },
    ];
    const questionsFile = join(data, 'dialogues.json');
    writeFileSync(questionsFile, JSON.stringify(dialogues));
    const predictions = join(data, 'parted.sql');
    writeFileSync(predictions, 'SELECT 1\nSELECT 7\n\nSELECT 3\n');
    const options = { data, out: data, questionsFile, predictions, program: childFromSource, size: 1 };
    const { metrics } = await scorePredictions(options);
    expect(metrics.dialogues).toMatchObject({
      byTurn: { 1: { questions: 2, ex: 1 }, 2: { questions: 1, ex: 0 } },
      dialogues: 2,
      allTurnsRight: 0.5,
    });
  });

  it('reads from the database what tables.json does not tell', async () => {
    const owners = 'SELECT T1.id FROM owner AS T1 JOIN pet AS T2 ON T1.id = T2.owner_id';
    const data = writeTinyDataset([{ gold: owners, predicted: owners.replace('T1.id', 'T2.owner_id') }]);
    folders.push(data);
    const options = {
      data,
      predictions: join(data, 'predictions.sql'),
      out: data,
      program: childFromSource,
      size: 1,
    };
    const expected = (await scorePredictions(options)).metrics;
    rmSync(join(data, 'tables.json'));
    expect((await scorePredictions(options)).metrics).toEqual(expected);
    expect(expected).toMatchObject({ exactMatch: 1, byHardness: { easy: { questions: 1 } } });
    writeFileSync(join(data, 'tables.json'), '[{"db_id":"pets"}]');
    await expect(scorePredictions(options)).rejects.toThrow(/tables\.json: .*table_names_original/s);
  });

  it('refuses a file with too few or too many lines', async () => {
    const data = writeTinyDataset([{ gold: 'SELECT 1', predicted: 'SELECT 1\nSELECT 2' }]);
    folders.push(data);
    const predictions = join(data, 'predictions.sql');
    await expect(scorePredictions({ data, predictions, out: data })).rejects.toThrow(
      '2 lines for 1 questions',
    );
  });
});
