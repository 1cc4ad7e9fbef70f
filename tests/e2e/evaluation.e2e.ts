import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { parse } from 'yaml';
import type { PipelineMetrics } from '../../evaluation/src/scoring/pipeline-metrics.js';
import type { PipelineScore } from '../../evaluation/src/scoring/pipeline-score.js';
import { buildSamples } from '../../samples/src/build.js';
import { ApiClient, until } from '../support/client.js';
import { freePort } from '../support/redis.js';
import { queueKinds, queueUrl, testServers } from '../support/servers.js';
import { Stack } from '../support/stack.js';

interface Question {
  question: string;
  replies: string[];
  expected: { correct: boolean; attempts: number; error?: string };
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const gate = join(root, 'evaluation/gate/questions.yaml');
const questions = parse(readFileSync(gate, 'utf8')) as Question[];
const [kind = 'postgres' as const] = queueKinds;

describe('the evaluation, through the whole pipeline', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-evaluation-'));
  const recorded = join(folder, 'recorded.jsonl');
  let stack: Stack;
  let port: number;

  beforeAll(async () => {
    writeFileSync(recorded, questions.map(({ replies }) => `${JSON.stringify(replies)}\n`).join(''));
    port = await freePort();
    stack = await Stack.start({
      databaseUrl: testServers().postgresUrl,
      queueUrl: queueUrl(kind),
      modelUrl: `http://127.0.0.1:${port}/v1`,
      model: 'nano-recorded',
    });
    const api = new ApiClient(stack.url);
    for (const { name, path } of buildSamples(folder)) await api.addSqlite(name, path);
  });

  afterAll(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function evaluate(
    out: string,
    more: string[] = [],
    files = [recorded],
    set = ['--questions', gate],
  ): ChildProcess {
    const options = [...set, '--url', stack.url, '--out', out, '--recorded', ...files];
    const args = [...options, '--recorded-port', String(port), ...more];
    return spawn(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), 'eval', ...args], {
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  it('comes to the outcome that each question of the gate expects', async () => {
    const out = join(folder, 'gate');
    expect(await exitOf(evaluate(out))).toBe(0);
    const outcomes = scoresOf(out).map(({ question, correct, attempts }) => {
      const error = attempts[0]?.candidates[0]?.error?.class;
      return { question, correct, attempts: attempts.length, ...(error && { error }) };
    });
    expect(outcomes).toEqual(questions.map(({ question, expected }) => ({ question, ...expected })));
  });

  it('measures what the outcomes add up to', () => {
    const metrics = metricsOf(join(folder, 'gate'));
    const right = questions.filter(({ expected }) => expected.correct);
    const mendedBy = (attempt: number) =>
      right.filter(({ expected }) => expected.attempts === attempt).length;
    expect(metrics).toMatchObject({
      questions: questions.length,
      ex: right.length / questions.length,
      firstAttempt: { ex: mendedBy(1) / questions.length },
      corrections: [2, 3, 4].map((attempt) => ({
        correct: mendedBy(attempt),
        gain: mendedBy(attempt) / questions.length,
      })),
      context: { tableRecall: 1, complete: 1 },
      goldFailures: 0,
    });
    expect(metrics.latency?.p50).toBeGreaterThan(0);
    expect(metrics.tokens.prompt).toBeGreaterThan(0);
  });

  it('goes on where a killed run stopped, and asks nothing twice', async () => {
    const out = join(folder, 'killed');
    const progress = join(out, 'progress.jsonl');
    const killed = evaluate(out, ['--concurrency', '1']);
    await until(60_000, 'progress', async () => (linesOf(progress).length > 4 ? true : undefined));
    killed.kill('SIGKILL');
    await exitOf(killed);
    const before = linesOf(progress).length - 1;
    expect(before).toBeLessThan(questions.length);
    // The line that was being written when the power went.
    writeFileSync(progress, '{"index":', { flag: 'a' });

    expect(await exitOf(evaluate(out, ['--resume', '--compare-with', join(folder, 'gate')]))).toBe(0);
    expect(linesOf(progress)).toHaveLength(questions.length + 1);
    expect(metricsOf(out)).toMatchObject({
      questions: questions.length,
      ex: metricsOf(join(folder, 'gate')).ex,
      run: { askedNow: questions.length - before },
      comparison: { difference: 0, significant: false },
    });
  });

  it('does not mix two runs', async () => {
    expect(await exitOf(evaluate(join(folder, 'gate'), ['--resume', '--max-corrections', '1']))).toBe(2);
  });

  it('compares the results of a PostgreSQL datasource over a connection of its own', async () => {
    const pets = await makePets();
    const client = new ApiClient(stack.url);
    await client.add('pets', { dialect: 'postgres', url: pets.url });
    const pairs = join(folder, 'pets.csv');
    writeFileSync(
      pairs,
      'question,sql\nHow many pets?,SELECT count(*) FROM pet\nWhich kinds?,SELECT kind FROM pet\n',
    );
    const replies = join(folder, 'pets.sql');
    writeFileSync(replies, 'SELECT sum(1) FROM pet\nSELECT kind::int FROM pet\n');
    const out = join(folder, 'pets');
    const set = ['--questions', pairs, '--datasource', 'pets', '--connection', pets.url];
    expect(await exitOf(evaluate(out, ['--max-corrections', '0'], [replies], set))).toBe(0);
    expect(scoresOf(out)).toMatchObject([
      { correct: true, hardness: 'easy', tableRecall: 1 },
      {
        correct: false,
        status: 'failed',
        attempts: [{ candidates: [{ error: { class: 'type_mismatch' } }] }],
      },
    ]);
    await client.request('DELETE', '/v1/datasources/pets');
    await pets.remove();
  });

  it('votes among recorded systems', async () => {
    const out = join(folder, 'voted');
    const wrong = join(folder, 'wrong.jsonl');
    writeFileSync(wrong, questions.map(() => '["SELECT 7"]\n').join(''));
    const again = join(folder, 'again.jsonl');
    writeFileSync(again, readFileSync(recorded, 'utf8').replaceAll(' FROM ', '  FROM '));
    // The first one, alone, is wrong every time; the others agree wherever they count.
    expect(await exitOf(evaluate(out, ['--max-corrections', '0'], [wrong, recorded, again]))).toBe(0);
    const { voting, ex, run } = metricsOf(out);
    expect(run.candidates).toBe(3);
    expect(voting).toMatchObject({ firstCandidate: 0, gain: ex });
    expect(ex).toBe(metricsOf(join(folder, 'gate')).firstAttempt.ex);
  });
});

/** A database with one table, and a role that can only read it. */
async function makePets(): Promise<{ url: string; remove(): Promise<void> }> {
  const administer = async (database: string, ...statements: string[]) => {
    const url = new URL(testServers().postgresUrl);
    url.pathname = `/${database}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
    return url;
  };
  await administer('postgres', 'create database gate_pets', "create role gate_reader login password 'reads'");
  const url = await administer(
    'gate_pets',
    'create table pet (id int primary key, kind text)',
    "insert into pet values (1, 'cat')",
    'grant select on pet to gate_reader',
  );
  url.username = 'gate_reader';
  url.password = 'reads';
  const remove = () =>
    administer('postgres', 'drop database gate_pets with (force)', 'drop role gate_reader');
  return { url: url.href, remove: async () => void (await remove()) };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve));
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

function scoresOf(out: string): PipelineScore[] {
  return linesOf(join(out, 'detailed_results.jsonl')).map((line) => JSON.parse(line) as PipelineScore);
}

function metricsOf(out: string): PipelineMetrics {
  return JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8')) as PipelineMetrics;
}
