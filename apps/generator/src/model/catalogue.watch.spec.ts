import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readCatalogue } from '#shared/models/read-catalogue';
import { Metrics } from '#shared/telemetry/metrics';
import { type ScriptedModel, startScriptedModel } from '../../../../tests/support/scripted-model.js';
import { CatalogueModel } from './catalogue.model.js';
import { CatalogueWatch } from './catalogue.watch.js';

const unset = { LLM_TIMEOUT_MS: 60_000, LLM_MAX_TOKENS: 512 };
const messages = [{ role: 'user' as const, content: 'Question: How many?' }];

describe('a catalogue that changes while the generator runs', () => {
  let folder: string;
  let file: string;
  let server: ScriptedModel;

  beforeEach(async () => {
    Logger.overrideLogger(false);
    folder = mkdtempSync(join(tmpdir(), 'nano-watch-'));
    file = join(folder, 'models.yaml');
    server = await startScriptedModel(() => ({ texts: ['SELECT 1'] }));
    server.vllm = {
      grammar: 'held',
      models: ['base', 'sql-1', 'sql-2'],
      loadable: {},
      waiting: 0,
    };
    write('adapters: [{name: sql-1}]');
  });

  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  /** As a publication does: a new file in place of the former. */
  function write(ofModel: string): void {
    const text = `{endpoints: [{name: a, url: "${server.url}"}], models: [{name: base, ${ofModel}}]}`;
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  function open() {
    const read = () => readCatalogue({ ...unset, MODELS_FILE: file }, {});
    const model = new CatalogueModel(read(), new Metrics());
    return { model, watch: new CatalogueWatch({ file, read }, model) };
  }

  async function asked(model: CatalogueModel): Promise<string> {
    const { model: name } = await model.reply(messages, {
      purpose: 'first',
      dialect: 'sqlite',
      samples: 1,
      signal: AbortSignal.timeout(20_000),
    });
    return name;
  }

  it('is taken up', async () => {
    const { model, watch } = open();
    await watch.look();
    expect(await asked(model)).toBe('sql-1');
    write('adapters: [{name: sql-2}]');
    await watch.look();
    expect(await asked(model)).toBe('sql-2');
  });

  it('is not taken up, and said once, where it is wrong', async () => {
    const { model, watch } = open();
    await watch.look();
    const warn = jest.spyOn(Logger.prototype, 'warn');
    write('adapter: []');
    await watch.look();
    await watch.look();
    expect(warn).toHaveBeenCalledTimes(1);
    rmSync(file);
    await watch.look();
    expect(await asked(model)).toBe('sql-1');
    write('adapters: [{name: sql-2}]');
    await watch.look();
    expect(await asked(model)).toBe('sql-2');
  });

  it('lets requests in hand end as they began', async () => {
    const held = Promise.withResolvers<void>();
    server.script = () => ({ texts: ['SELECT 1'], after: held.promise });
    const { model, watch } = open();
    const reply = asked(model);
    while (server.active === 0) await new Promise((resolve) => setImmediate(resolve));
    write('adapters: [{name: sql-2}]');
    await watch.look();
    held.resolve();
    expect(await reply).toBe('sql-1');
  });
});
