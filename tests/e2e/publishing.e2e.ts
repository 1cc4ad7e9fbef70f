import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readAdapter } from '../../training/src/publish/adapter-folder.js';
import { publishedName } from '../../training/src/publish/volume.js';
import { makeAdapter } from '../../training/test-support/made-adapter.js';
import { ApiClient, until } from '../support/client.js';
import { type ScriptedModel, startScriptedModel } from '../support/scripted-model.js';
import { queueKinds, queueUrl, testServers } from '../support/servers.js';
import { countPeople, makeSmallDatabase } from '../support/small-database.js';
import { Stack } from '../support/stack.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [kind = 'postgres' as const] = queueKinds;
const wrong = 'SELECT count(*) AS n FROM city WHERE id = 0';

describe('publishing adapters, with a service that runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-publishing-'));
  const volume = join(folder, 'adapters');
  const catalogue = join(folder, 'models.yaml');
  const questions = join(folder, 'questions.yaml');
  const [good, bad] = [1, 2].map((fill) => makeAdapter(join(folder, `made-${fill}`), { fill }));
  const database = makeSmallDatabase();
  let model: ScriptedModel;
  let stack: Stack;
  let api: ApiClient;
  let goodName: string;

  beforeAll(async () => {
    mkdirSync(volume);
    goodName = publishedName('sql', (await readAdapter(good!, 32)).sha256);
    model = await startScriptedModel((asked) => ({
      texts: [asked.model === goodName ? countPeople.sql : wrong],
    }));
    const loadable = new Proxy(
      {},
      {
        get: (_, name) => (existsSync(join(volume, String(name))) ? join(volume, String(name)) : undefined),
      },
    );
    model.vllm = { grammar: 'held', models: ['base'], loadable, waiting: 0 };
    const endpoint = `- { name: card, url: '${model.url}' }`;
    writeFileSync(
      catalogue,
      `# Ours\nendpoints:\n  ${endpoint}\nmodels:\n  - { name: base, base: hub/base }\n`,
    );
    writeFileSync(questions, `- { question: How many people are there?, sql: ${countPeople.sql} }\n`);
    stack = await Stack.start({
      databaseUrl: testServers().postgresUrl,
      queueUrl: queueUrl(kind),
      modelUrl: model.url,
      environment: { MODELS_FILE: catalogue, NANO_DEFAULT_DATASOURCE: 'small' },
    });
    api = new ApiClient(stack.url);
    await api.addSqlite('small', database.file);
  });

  afterAll(async () => {
    await stack.stop();
    await model.stop();
    database.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function nano(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), 'train', ...args], {
      cwd: folder,
      env: { PATH, HOME, NANO_HOME: join(folder, 'home'), MODELS_FILE: catalogue },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, stdout, stderr };
  }

  const publish = (adapter: string) => {
    const set = ['--questions', questions, '--datasource', 'small', '--connection', database.file];
    return nano('publish', adapter, 'sql', '--adapters', volume, ...set, '--json');
  };

  async function answers(): Promise<string | undefined> {
    const { body } = await api.ask(
      { question: 'How many people?', maxCorrections: 0 },
      { Prefer: 'wait=30' },
    );
    return body.attempts[0]?.model;
  }

  const answeredBy = (name: string) => async () => ((await answers()) === name ? true : undefined);

  it('switches a running service to an adapter that does better, and back', async () => {
    expect(await answers()).toBe('base');
    const published = await publish(good!);
    expect([published.code, published.code === 0 ? '' : published.stderr]).toEqual([0, '']);
    expect(JSON.parse(published.stdout)).toMatchObject({
      action: 'published',
      from: null,
      to: { name: goodName, path: join(volume, goodName) },
      evaluation: { questions: 1, exBefore: 0, exAfter: 1, onlyAfter: 1, written: 1 },
    });
    await until(30_000, 'the new adapter', answeredBy(goodName));
    expect(readFileSync(catalogue, 'utf8')).toMatch(/^# Ours/);

    const refused = await publish(bad!);
    expect(refused).toMatchObject({ code: 1 });
    expect(JSON.parse(refused.stdout)).toMatchObject({
      action: 'refused',
      from: { name: goodName },
      evaluation: { exBefore: 1, exAfter: 0, onlyBefore: 1 },
    });
    expect(readFileSync(catalogue, 'utf8')).toContain(goodName);
    expect(new Set(model.vllm?.models)).toEqual(new Set(['base', goodName]));

    expect(await nano('rollback', 'sql', '--adapters', volume)).toMatchObject({
      code: 0,
      stdout: `base, without an adapter, is in use again, not ${goodName}.\n`,
    });
    await until(30_000, 'the base', answeredBy('base'));
  });

  it('says what is missing', async () => {
    expect((await nano('publish', good!, 'sql', '--adapters', volume)).stderr).toMatch(/name the questions/);
    expect(await nano('rollback', 'other', '--adapters', volume)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no adapter other is in use: there is nothing to go back to/),
    });
    expect((await nano('rollback', 'sql', '--adapters', join(folder, 'gone'))).stderr).toMatch(
      /is not there/,
    );
  });
});
