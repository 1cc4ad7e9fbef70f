import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const cleanup = cleanups();
let api: DescribedApi;
let model: ScriptedModel;
let stack: Stack;

beforeAll(async () => {
  ({ api, model, stack } = await startService(cleanup));
});

const ask = (question: string, candidates = 1) => api.answer({ question, datasource: 'small', candidates });
const says = (...texts: string[]) => (model.script = () => ({ texts }));

describe('a question without an answer', () => {
  it('ends with what the model asks back', async () => {
    says('CLARIFY: Since\u0000 which\nyear?');
    const query = await ask('Which people are new?');
    expect(query).toMatchObject({
      status: 'succeeded',
      clarification: 'Since\uFFFD which year?',
      sql: null,
      columns: [],
      rows: [],
      attempts: [{ number: 1, model: 'scripted', candidates: [], promptTokens: 100 }],
    });
    expect(query.timings.generate).toBeGreaterThan(0);
    const last = (await api.events(query.id)).at(-1);
    expect(last).toMatchObject({ status: 'succeeded', data: { clarification: 'Since\uFFFD which year?' } });
    expect((await api.request('GET', `/v1/queries/${query.id}/rows`)).status).toBe(404);
  });

  it('fails where the model says so, also after a correction', async () => {
    model.script = (_, number) => ({
      texts: [number % 2 === 1 ? 'SELECT shoe FROM person' : 'NOT_ANSWERABLE: no shoes'],
    });
    model.requests.length = 0;
    const query = await ask('Which shoes do people wear?');
    const message = 'The model says that the data does not answer this: no shoes';
    expect(query).toMatchObject({
      status: 'failed',
      error: { code: 'not_answerable', stage: 'generate', message },
    });
    expect(query.clarification).toBeUndefined();
    expect(query.attempts.map(({ candidates }) => candidates.length)).toEqual([1, 0]);
  });

  it('is one where most of the replies say so', async () => {
    says('CLARIFY: Which?', countPeople.sql, 'CLARIFY: What?');
    expect(await ask('How many people?', 3)).toMatchObject({ clarification: 'Which?' });
    says('CLARIFY: Which?', countPeople.sql, countPeople.sql);
    expect(await ask('How many people?', 3)).toMatchObject({ rows: countPeople.rows });
  });

  it('is counted', async () => {
    const metrics = await fetch(`${stack.all('generator')[0]?.url}/metrics`);
    expect(await metrics.text()).toMatch(/^nano_clarifications_total 2$/m);
  });
});
