import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { catalogueSchema } from '#shared/models/catalogue';
import { ServerClient } from '#shared/models/server-client';
import { Metrics } from '#shared/telemetry/metrics';
import { CatalogueModel } from '../../apps/generator/src/model/catalogue.model.js';
import type { ReplyOptions } from '../../apps/generator/src/model/model.js';
import { vllmServer } from './vllm-server.js';

const { url, adapter } = vllmServer();
const server = new ServerClient(url, undefined, 30_000);
const messages = [{ role: 'user' as const, content: 'Question: How many singers are there?' }];

beforeAll(() => {
  Logger.overrideLogger(false);
});

afterEach(async () => {
  const { models } = await server.list();
  for (const { name, base } of models) if (base !== null) await server.unloadAdapter(name);
});

function open({ adapters = [] as object[], maxTokens = 64, endpoint = {} } = {}): CatalogueModel {
  const catalogue = catalogueSchema.parse({
    endpoints: [{ name: 'cpu', url, firstTokenMs: 120_000, totalMs: 120_000, ...endpoint }],
    models: [{ name: 'base', maxTokens, adapters }],
  });
  return new CatalogueModel(catalogue, new Metrics());
}

function asked(options: Partial<ReplyOptions> = {}): ReplyOptions {
  return {
    purpose: 'first',
    dialect: 'sqlite',
    samples: 1,
    signal: AbortSignal.timeout(120_000),
    ...options,
  };
}

async function running(): Promise<number> {
  const text = await (await fetch(`${url.replace(/v1$/, '')}metrics`)).text();
  return Number(/^vllm:num_requests_running\S* (\S+)$/m.exec(text)?.[1]);
}

describe('a reply of vLLM', () => {
  it('comes with its tokens counted', async () => {
    const reply = await open().reply(messages, asked());
    expect(reply).toMatchObject({ model: 'base', endpoint: 'cpu', constrained: false });
    expect(reply.texts[0]!.length).toBeGreaterThan(0);
    expect(reply.promptTokens).toBeGreaterThan(10);
    expect(reply.completionTokens).toBeGreaterThan(0);
    expect(reply.completionTokens).toBeLessThanOrEqual(64);
  });

  it('has as many samples as were asked for, that differ', async () => {
    const { texts } = await open().reply(messages, asked({ samples: 4 }));
    expect(texts).toHaveLength(4);
    expect(new Set(texts).size).toBeGreaterThan(1);
  });

  it('comes piece by piece', async () => {
    let text = '';
    let pieces = 0;
    const onText = (piece: string, offset: number) => {
      expect(offset).toBe(text.length);
      text += piece;
      pieces += 1;
    };
    const { texts } = await open().reply(messages, asked({ onText }));
    expect(text).toBe(texts[0]);
    expect(pieces).toBeGreaterThan(5);
  });

  it('ends on the server when the query is cancelled', async () => {
    const abort = new AbortController();
    const started = Promise.withResolvers<void>();
    const reply = open({ maxTokens: 7_000 }).reply(
      messages,
      asked({ samples: 8, signal: abort.signal, onText: () => started.resolve() }),
    );
    const ended = expect(reply).rejects.toThrow('cancelled');
    await started.promise;
    expect(await running()).toBeGreaterThan(0);
    abort.abort(new Error('cancelled'));
    await ended;
    while ((await running()) > 0) await sleep(100);
  });

  it('is refused where the prompt does not fit', async () => {
    const long = [{ role: 'user' as const, content: 'singer '.repeat(20_000) }];
    await expect(open().reply(long, asked())).rejects.toMatchObject({
      code: 'context_too_long',
      kind: 'permanent',
    });
  });
});

describe('what vLLM tells of itself', () => {
  it('is how much fits, and how many wait', async () => {
    expect(await open().limits(asked())).toEqual({ contextTokens: 8_192, maxTokens: 64 });
    expect(await server.waiting()).toBe(0);
  });
});

describe('adapters of vLLM', () => {
  it('are loaded when they are needed, and again when they were unloaded', async () => {
    const model = open({ adapters: [{ name: 'sql', path: adapter }] });
    const first = await model.reply(messages, asked());
    expect(first).toMatchObject({ model: 'sql' });
    expect(first.fallback).toBeUndefined();
    expect((await server.list()).models).toContainEqual({ name: 'sql', base: 'base', contextTokens: null });
    expect(first.texts).not.toEqual((await open().reply(messages, asked())).texts);

    await server.unloadAdapter('sql');
    expect((await server.list()).models.map(({ name }) => name)).toEqual(['base']);
    expect(await model.reply(messages, asked())).toMatchObject({ model: 'sql' });
  });

  it('give way to the base where they cannot be loaded', async () => {
    const reply = await open({ adapters: [{ name: 'gone', path: '/nowhere/gone' }] }).reply(
      messages,
      asked(),
    );
    expect(reply).toMatchObject({
      model: 'base',
      fallback: { wanted: 'gone', reason: 'adapter_not_loaded' },
    });
  });
});
