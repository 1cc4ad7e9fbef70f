import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import { type Behaviour, type ScriptedModel, startScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';

const good: Behaviour = { texts: [countPeople.sql] };

describe.each(queueKinds)('a failing model server on %s', (kind) => {
  const cleanup = cleanups();
  let model: ScriptedModel;
  let api: DescribedApi;

  beforeAll(async () => {
    const environment = { LLM_TIMEOUT_MS: '1000', QUERY_DEADLINE_MS: '12000' };
    ({ api, model } = await startService(cleanup, { queue: kind, environment }));
    cleanup(() => model.stop());
  });

  afterEach(() => {
    model.script = () => good;
    model.requests.length = 0;
  });

  it.each<[string, Behaviour]>([
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['a cut connection', { cut: 'before' }],
    ['a connection cut inside the reply', { cut: 'inside' }],
    ['nonsense', { raw: '<html>' }],
    ['silence', { hang: true }],
  ])('rides out %s without spending a correction', async (_, fault) => {
    model.script = (_request, number) => (number <= 2 ? fault : good);
    const query = await api.answer({ question: 'How many people?', maxCorrections: 0 });
    expect(query).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
    expect(query.attempts).toHaveLength(1);
    expect(model.requests).toHaveLength(3);
  });

  it('waits as Retry-After asks', async () => {
    model.script = (_request, number) =>
      number === 1 ? { status: 429, headers: { 'Retry-After': '2' } } : good;
    const query = await api.answer({ question: 'How many people?' });
    expect(query.status).toBe('succeeded');
    expect(query.timings.total).toBeGreaterThan(2_000);
  });

  it('rides out a server that is down', async () => {
    await model.stop();
    const { body } = await api.ask({ question: 'How many people?' });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    model = await startScriptedModel(() => good, Number(new URL(model.url).port));
    expect((await api.ended(body.id, 12_000)).status).toBe('succeeded');
  });

  it.each<[string, Behaviour, string]>([
    ['an unknown model', { status: 404, message: 'The model `scripted` does not exist.' }, 'model_unknown'],
    [
      'a prompt that does not fit',
      { status: 400, message: "This model's maximum context length is 2048 tokens." },
      'context_too_long',
    ],
    ['a refused key', { status: 401 }, 'model_refused'],
    ['a reply that is no completion', { raw: '{"choices":[]}' }, 'model_reply_malformed'],
  ])('fails at once on %s', async (_, fault, code) => {
    model.script = () => fault;
    const query = await api.answer({ question: 'How many people?' });
    expect(query).toMatchObject({ status: 'failed', error: { code, stage: 'generate' }, attempts: [] });
    expect(model.requests).toHaveLength(1);
  });

  it('ends at the deadline when the server never recovers', async () => {
    model.script = () => ({ hang: true });
    const query = await api.answer({ question: 'How many people?' }, 30);
    expect(query.status).toBe('failed');
    expect(query.error).toMatchObject({ code: 'deadline_exceeded', stage: 'generate' });
    // The deadline plus one reconcile period.
    expect(query.timings.total).toBeLessThan(12_000 + 2_500);
  });
});
