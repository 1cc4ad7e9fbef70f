import { execFile } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Diagnostics, diagnosticsSchema } from '#shared/contracts/diagnostics';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { openRawQueues } from '../support/raw-queues.js';
import { startRedis, startRedisAt, type TestRedis } from '../support/redis.js';
import { type ScriptedModel, startScriptedModel } from '../support/scripted-model.js';
import { startService } from '../support/service.js';
import { countPeople, type SmallDatabase } from '../support/small-database.js';
import type { AppName, Stack } from '../support/stack.js';

const cli = fileURLToPath(new URL('../../dist/apps/cli/src/main.js', import.meta.url));
const [key, expiring] = ['a-key-of-this-test', 'another-key-of-this-test'];
const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);

interface Line {
  name: string;
  status: 'ok' | 'warn' | 'fail';
  detail: string;
  mend?: string;
}
interface Report {
  code: number;
  text: string;
  lines: Line[];
}

describe('the doctor on a deployment', () => {
  const cleanup = cleanups();
  const home = mkdtempSync(join(tmpdir(), 'nano-test-doctor-'));
  let redis: TestRedis;
  let model: ScriptedModel;
  let stack: Stack;
  let api: DescribedApi;
  let database: SmallDatabase;

  beforeAll(async () => {
    cleanup(() => rmSync(home, { recursive: true }));
    redis = await startRedis('--appendonly', 'yes');
    cleanup(() => redis.stop());
    ({ api, database, model, stack } = await startService(cleanup, {
      queue: redis,
      environment: { NANO_API_KEYS: `${key},${expiring}@${soon}` },
      headers: { Authorization: `Bearer ${key}` },
    }));
    cleanup(() => model.stop());
    await heard(['gateway', 'retriever', 'generator', 'executor']);
  });

  function doctor(apiKey: string | null, ...args: string[]): Promise<Report> {
    const env = {
      PATH: process.env['PATH'],
      NANO_HOME: home,
      ...(apiKey !== null && { NANO_API_KEY: apiKey }),
    };
    return new Promise((resolve) => {
      const all = [cli, 'doctor', '--json', '--url', stack.url, ...args];
      execFile(process.execPath, all, { env }, (error, text) => {
        const lines = text.startsWith('{') ? (JSON.parse(text) as { checks: Line[] }).checks : [];
        resolve({ code: error ? Number(error.code) : 0, text, lines });
      });
    });
  }

  /** Reports until one has the line: what processes say of themselves is up to 10 s old. */
  function line(name: string, status: Line['status']): Promise<Line & { code: number }> {
    return until(25_000, `${status} ${name}`, async () => {
      const { code, lines } = await doctor(key);
      const found = lines.find((each) => each.name === name && each.status === status);
      return found && { ...found, code };
    });
  }

  async function report(): Promise<Diagnostics> {
    return diagnosticsSchema.parse((await api.request('GET', '/v1/diagnostics')).body);
  }

  function heard(apps: AppName[]): Promise<true> {
    return until(10_000, `heartbeats of ${apps.join()}`, async () => {
      const told = (await report()).apps;
      return apps.every((app) => 'error' in told || told.some((each) => each.app === app)) || undefined;
    });
  }

  const app = (name: AppName) => stack.all(name)[0]!;

  it('finds nothing wrong where nothing is, and says what it saw', async () => {
    expect(await api.answer({ question: 'How many people?' })).toMatchObject({ status: 'succeeded' });
    const { code, lines } = await doctor(key);
    expect(lines.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(code).toBe(0);
    const details = Object.fromEntries(lines.map(({ name, detail }) => [name, detail]));
    expect(details).toMatchObject({
      gateway: expect.stringContaining(stack.url),
      gateways: expect.stringContaining('1 live'),
      version: expect.stringContaining('as ./nano'),
      clock: expect.stringMatching(/ms (behind|ahead of) this machine$/),
      'state database': expect.stringMatching(/^PostgreSQL \d+.* of \d+ connections, migrated$/),
      queue: expect.stringMatching(/^Redis \d.*, append-only file, eviction noeviction$/),
      'queue: generate': '0 waiting, 0 active, 0 delayed',
      'open queries': '0 of 1000',
      retrievers: expect.stringContaining('1 live'),
      'retriever: index': expect.stringMatching(/^up, .*adapter embedded/),
      generators: expect.stringContaining('1 live'),
      'model: default': expect.stringContaining(model.url),
      executors: expect.stringContaining('1 live'),
      datasources: '1 of 1 ready',
    });
  });

  it('tells keys that are missing, wrong and about to expire apart', async () => {
    const none = await doctor(null);
    expect(none.code).toBe(1);
    expect(none.lines[1]).toMatchObject({ name: 'api key', detail: expect.stringContaining('none is sent') });
    const wrong = await doctor('not-a-key-of-this-test');
    expect(wrong.code).toBe(1);
    expect(wrong.lines).toMatchObject([
      { name: 'gateway', status: 'ok' },
      { name: 'api key', status: 'fail', detail: expect.stringContaining('refuses it') },
    ]);
    expect(wrong.lines[1]?.mend).toContain('NANO_API_KEYS');
  });

  it('names a stage that nobody works for, and one that ended without a word', async () => {
    await app('executor').end('SIGTERM');
    const gone = await line('executors', 'fail');
    expect(gone).toMatchObject({ code: 1, detail: 'none lives' });
    expect(gone.mend).toContain('docker compose logs executor');
    await app('executor').start();
    await line('executors', 'ok');
    await app('generator').end('SIGKILL');
    await stack.sql(`update app_heartbeat set seen_at = now() - interval '1 minute' where app = 'generator'`);
    expect((await line('generators', 'fail')).detail).toMatch(
      /^none lives: \S+ was last heard of 6\d s ago$/,
    );
    await app('generator').start();
    expect((await line('generators', 'warn')).detail).toMatch(/^1 live .* was last heard of/);
  });

  it('names a model server that is dead, by what the generator says of it', async () => {
    const { port } = new URL(model.url);
    await model.stop();
    const dead = await line('model: default', 'fail');
    expect(dead).toMatchObject({ code: 1, detail: expect.stringContaining(model.url) });
    expect(dead.mend).toContain('LLM_BASE_URL');
    model = await startScriptedModel(() => ({ texts: [countPeople.sql] }), Number(port));
    await line('model: default', 'ok');
  });

  it('names dead letters by their code', async () => {
    const raw = openRawQueues(stack);
    await raw.queues.execute.add('execute', { queryId: 'no id' }).finally(() => raw.close());
    const dead = await line('queue: execute', 'warn');
    expect(dead).toMatchObject({
      code: 0,
      detail: expect.stringContaining('1 set aside with payload_invalid'),
    });
    expect(dead.mend).toContain('docs/runbooks.md#nanodeadletters');
  });

  it('names a datasource whose schema cannot be read any more', async () => {
    renameSync(database.file, `${database.file}.away`);
    await api.request('POST', '/v1/datasources/small/refresh');
    const failed = await line('datasource: small', 'warn');
    renameSync(`${database.file}.away`, database.file);
    expect(failed.detail).toContain('the snapshot from before serves');
    expect(failed.mend).toContain('./nano datasource refresh small');
    await stack.sql(`update datasource set error = null, updated_at = now() - interval '40 days'`);
    expect((await line('datasource: small', 'warn')).detail).toBe('was refreshed 40 days ago');
  });

  it('names a key that expires, a migration that is missing and a clock that is wrong', async () => {
    expect((await line('api key', 'warn')).detail).toMatch(/^key 2 expires in [23] days$/);
    await stack.sql(`delete from kysely_migration where name = '0014_streamed_text'`);
    const lacking = await line('state database', 'fail');
    expect(lacking).toMatchObject({
      code: 1,
      detail: expect.stringContaining('lacks the migrations 0014_streamed_text'),
    });
    const clock = await until(25_000, 'the clock', async () => {
      // The next heartbeat says otherwise.
      await stack.sql(`update app_heartbeat set clock_ahead_ms = -90000 where app = 'retriever'`);
      return (await doctor(key)).lines.find(({ name }) => name === 'retriever: clock');
    });
    expect(clock).toMatchObject({ status: 'warn', detail: "90000 ms behind PostgreSQL's" });
  });

  it('names a Redis that evicts, and one that is away', async () => {
    await redis.stop();
    const away = await line('queue', 'fail');
    expect(away).toMatchObject({
      code: 1,
      detail: expect.stringContaining('Redis does not answer the gateway'),
    });
    expect(away.mend).toContain('QUEUE_URL');
    redis = await startRedisAt(redis.port, '--maxmemory-policy', 'allkeys-lru');
    expect((await line('queue', 'fail')).mend).toContain('noeviction');
  });

  it('says nothing secret to whoever has a key', async () => {
    const { body } = await api.request('GET', '/v1/diagnostics');
    const text = JSON.stringify(body);
    for (const secret of [key, new URL(stack.databaseUrl).password, 'How many people', countPeople.sql])
      if (secret !== '') expect(text).not.toContain(secret);
    const { status } = await new ApiClient(stack.url).request('GET', '/v1/diagnostics');
    expect(status).toBe(401);
  });
});
