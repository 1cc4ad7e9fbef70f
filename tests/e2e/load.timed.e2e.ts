import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from '@jest/globals';
import type { Summary } from '../../bench/open-loop/summary.js';
import { buildSamples } from '../../samples/src/build.js';
import { samples } from '../../samples/src/catalogue.js';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import type { Stack } from '../support/stack.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const key = 'a-key-of-sixteen-or-more';
const sqlOf = new Map(
  samples.flatMap(({ questions }) => questions.map(({ question, sql }) => [question, sql] as const)),
);
const cleanup = cleanups();
const folder = mkdtempSync(join(tmpdir(), 'nano-test-load-'));
let model: ScriptedModel;
let stack: Stack;

beforeAll(async () => {
  cleanup(() => rmSync(folder, { recursive: true, force: true }));
  const service = await startService(cleanup, {
    queue: queueKinds[0] ?? 'postgres',
    script: ({ question }) => ({ texts: [sqlOf.get(question) ?? 'SELECT nope'], delayMs: 100 }),
    environment: { NANO_API_KEYS: key, MAX_OPEN_QUERIES: '20' },
    headers: { Authorization: `Bearer ${key}` },
  });
  ({ model, stack } = service);
  for (const { name, path } of buildSamples(folder)) await service.api.addSqlite(name, path);
});

function load(args: readonly string[], stopWhen?: () => boolean) {
  const child = spawn(process.execPath, [join(root, 'dist/bench/open-loop/main.js'), ...args], {
    env: { PATH: process.env['PATH'], HOME: folder, NANO_API_KEY: key },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [printed, said] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  if (stopWhen)
    void until(30_000, 'the moment to stop', async () => (stopWhen() ? true : undefined)).then(() =>
      child.kill('SIGINT'),
    );
  return ended.then((code) => ({ code, printed, said }));
}

const summaryOf = (printed: string) => (JSON.parse(printed) as { summary: Summary }).summary;

it('asks the questions of the samples at the rate, and reports', async () => {
  const report = join(folder, 'report');
  const args = ['--rate', '5', '--duration', '4', '--arrivals', 'constant', '--report', report];
  const { code, printed, said } = await load(['--url', stack.url, ...args, '--json']);
  const { codes, latency } = summaryOf(printed);
  expect(codes).toEqual([{ kind: 'succeeded', code: '', count: 20 }]);
  expect({ code, said }).toEqual({ code: 0, said: '' });
  expect(latency?.p50).toBeGreaterThanOrEqual(100);
  expect(new Set(model.requests.map(({ question }) => question)).size).toBeGreaterThan(5);
  expect(readdirSync(report).sort()).toEqual(
    ['report.md', 'report.json', 'latency.svg', 'histogram.svg', 'outcomes.svg'].sort(),
  );
  expect(readFileSync(join(report, 'report.md'), 'utf8')).toContain('20 arrivals');
  expect(readFileSync(join(report, 'latency.svg'), 'utf8')).toMatch(/<polyline points="[\d.]+,/);
});

it('counts refusals with their Retry-After, failures by their code, and what it did not send', async () => {
  const { script } = model;
  model.script = () => ({ texts: ['SELECT nope'], delayMs: 500 });
  const common = ['--url', stack.url, '--datasource', 'shop', '--duration', '2', '--json'];
  const refused = summaryOf((await load([...common, '--rate', '40'])).printed);
  expect(refused.outcomes.refused).toBeGreaterThan(0);
  expect(refused.refusals).toMatchObject({ withoutRetryAfter: 0 });
  expect(refused.codes).toContainEqual(expect.objectContaining({ kind: 'failed', code: 'sql_failed' }));
  const bounded = await load([...common, '--rate', '20', '--max-outstanding', '2']);
  expect(bounded.said).toContain('--max-outstanding');
  const { outcomes, arrivals } = summaryOf(bounded.printed);
  expect(outcomes.unsent).toBeGreaterThan(0);
  expect(outcomes.unsent + outcomes.failed).toBe(arrivals);
  expect(bounded.code).toBe(1);
  model.script = script;
});

it('Ctrl-C ends the arrivals and reports what there was', async () => {
  const before = model.requests.length;
  const args = ['--url', stack.url, '--rate', '4', '--duration', '600', '--json'];
  const { code, printed } = await load(args, () => model.requests.length > before + 3);
  expect(code).toBe(130);
  const { arrivals, outcomes, seconds } = summaryOf(printed);
  expect(arrivals).toBeGreaterThanOrEqual(4);
  expect(outcomes.succeeded).toBe(arrivals);
  expect(seconds).toBeLessThan(60);
});

it('puts load on no other machine unless that is said, and on nothing that cannot answer', async () => {
  const short = ['--rate', '1', '--duration', '1'];
  const remote = await load(['--url', 'http://192.0.2.1:8080', ...short]);
  expect(remote).toMatchObject({ code: 1, said: expect.stringContaining('--allow-remote') });
  const loopbackLike = await load(['--url', 'http://127.0.0.1.example.test', ...short]);
  expect(loopbackLike.said).toContain('--allow-remote');
  const missing = await load(['--url', stack.url, ...short, '--datasource', 'sales']);
  expect(missing).toMatchObject({ code: 1, said: expect.stringContaining('--questions') });
  expect(await load(['--url', stack.url, '--rate', '0', '--duration', '1'])).toMatchObject({ code: 2 });
});
