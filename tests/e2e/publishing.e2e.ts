import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readAdapter } from '../../training/src/publish/adapter-folder.js';
import { publishedName } from '../../training/src/publish/volume.js';
import { makeAdapter } from '../../training/test-support/made-adapter.js';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { createEmptyDatabase, onDatabase } from '../support/database.js';
import { type ScriptedModel, startScriptedModel } from '../support/scripted-model.js';
import { queueKinds, testServers } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople, makeSmallDatabase } from '../support/small-database.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [kind = 'postgres' as const] = queueKinds;

/** A SIGKILL leaves the PostgreSQL of the examination running. */
function endOrphans(homes: string): void {
  const files = readdirSync(homes, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('postmaster.pid')))
    process.kill(Number(readFileSync(join(homes, file), 'utf8').split('\n')[0]), 'SIGQUIT');
}

/** A database with people, and a role that can only read it. */
async function makePeople(): Promise<{ url: string; remove(): Promise<void> }> {
  const { url, name, drop } = await createEmptyDatabase(testServers().postgresUrl);
  const reader = `${name}_reader`;
  await onDatabase(url, (client) =>
    client.query(`create role ${reader} login password 'reads'; create table person (id int primary key, name text);
      insert into person values (1, 'Ada'), (2, 'Bob'); grant select on person to ${reader}`),
  );
  return {
    url: Object.assign(new URL(url), { username: reader, password: 'reads' }).href,
    remove: async () => {
      await drop();
      await onDatabase(testServers().postgresUrl, (client) => client.query(`drop role ${reader}`));
    },
  };
}
const wrong = 'SELECT count(*) AS n FROM city WHERE id = 0';

describe('publishing adapters, with a service that runs', () => {
  const cleanup = cleanups();
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-publishing-'));
  const volume = join(folder, 'adapters');
  const temporary = join(folder, 'temporary');
  const catalogue = join(folder, 'models.yaml');
  const questions = join(folder, 'questions.yaml');
  const [good, bad] = [1, 2].map((fill) => makeAdapter(join(folder, `made-${fill}`), { fill }));
  const database = makeSmallDatabase();
  let model: ScriptedModel;
  let api: DescribedApi;
  let goodName: string;
  /** Until when the new adapter keeps its examination waiting. */
  let held: Promise<void> | undefined;
  let asked = 0;

  beforeAll(async () => {
    cleanup(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(volume);
    mkdirSync(temporary);
    // Root's PostgreSQL runs as another account, which must be able to pass through.
    for (const each of [folder, temporary]) chmodSync(each, 0o711);
    goodName = publishedName('sql', (await readAdapter(good!, 32)).sha256);
    model = await startScriptedModel(({ model: name }) => {
      if (name !== goodName) return { texts: [wrong] };
      asked += 1;
      return { texts: [countPeople.sql], ...(held && { after: held }) };
    });
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
    const environment = { MODELS_FILE: catalogue };
    ({ api } = await startService(cleanup, { queue: kind, model, database, environment }));
  });

  function start(...args: string[]) {
    const { PATH = '', HOME = '' } = process.env;
    return spawn(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), 'train', ...args], {
      cwd: folder,
      env: { PATH, HOME, TMPDIR: temporary, NANO_HOME: join(folder, 'home'), MODELS_FILE: catalogue },
    });
  }

  async function nano(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = start(...args);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, stdout, stderr };
  }

  const publication = (adapter: string, connection = database.file) => {
    const set = ['--questions', questions, '--datasource', 'small', '--connection', connection];
    return ['publish', adapter, 'sql', '--adapters', volume, ...set, '--json'];
  };
  const publish = (adapter: string, connection?: string) => nano(...publication(adapter, connection));

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

  it('examines on a PostgreSQL, by the role of its connection', async () => {
    const people = await makePeople();
    cleanup(() => people.remove());
    const published = await publish(good!, people.url);
    expect([published.code, published.code === 0 ? '' : published.stderr]).toEqual([0, '']);
    expect(JSON.parse(published.stdout)).toMatchObject({
      evaluation: { exBefore: 0, exAfter: 1, written: 1 },
    });
    expect((await nano('rollback', 'sql', '--adapters', volume)).code).toBe(0);
    // The password is of no file that is left.
    for (const file of ['publications.jsonl', `${goodName}/adapter.json`])
      expect(readFileSync(join(volume, file), 'utf8')).not.toContain('reads');
  });

  it('is one at a time, and killed in the middle leaves what a second one starts from', async () => {
    const before = readFileSync(catalogue, 'utf8');
    const gate = Promise.withResolvers<void>();
    held = gate.promise;
    asked = 0;
    const first = start(...publication(good!));
    const ended = new Promise((resolve) => first.once('exit', resolve));
    try {
      await until(60_000, 'the examination', () => Promise.resolve(asked > 0 ? true : undefined));
      expect(await publish(good!)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('another process publishes'),
      });
    } finally {
      first.kill('SIGKILL');
      held = undefined;
      gate.resolve();
    }
    await ended;
    endOrphans(temporary);
    expect(readFileSync(catalogue, 'utf8')).toBe(before);
    expect(await answers()).toBe('base');
    expect((await publish(good!)).code).toBe(0);
    await until(30_000, 'the new adapter', answeredBy(goodName));
    expect((await nano('rollback', 'sql', '--adapters', volume)).code).toBe(0);
    expect(readFileSync(catalogue, 'utf8')).toBe(before);
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
