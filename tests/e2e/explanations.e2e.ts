import { beforeAll, describe, expect, it } from '@jest/globals';
import type { QueryView } from '#shared/contracts/query';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import type { Behaviour, ScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const question = { question: 'How many people?', datasource: 'small', explain: true };

describe.each(queueKinds)('an explanation, on %s', (kind) => {
  const cleanup = cleanups();
  let model: ScriptedModel;
  let stack: Stack;
  let api: DescribedApi;

  beforeAll(async () => {
    ({ api, model, stack } = await startService(cleanup, { queue: kind }));
  });

  /** The model answers questions with SQL, and what asks for words as it is told. */
  function explainBy(behaviour: () => Behaviour): void {
    model.script = ({ prompt }) =>
      prompt.includes('Explain: ') ? behaviour() : { texts: [countPeople.sql] };
  }

  /** The query, once it is explained or is known not to be. */
  function explained(id: string, withinMs = 30_000): Promise<QueryView> {
    return until(withinMs, 'the explanation', async () => {
      const query = await api.query(id);
      const { text, message } = query.explanation ?? {};
      return text === undefined && message === undefined ? undefined : query;
    });
  }

  const endings = (id: string) =>
    stack.sql(
      `select id, status, attempt, at from query_event where query_id = $1 and status in ('succeeded', 'failed', 'cancelled')`,
      [id],
    );

  it('comes after the answer, which does not wait for it', async () => {
    let asked = 0;
    explainBy(() => (asked++ === 0 ? { status: 503 } : { texts: ['It counts\nall people.'] }));
    const { body } = await api.ask(question, { Prefer: 'wait=60' });
    expect(body).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
    const { explanation } = await explained(body.id);
    expect(explanation).toEqual({ text: 'It counts all people.', model: expect.any(String) });
    expect(asked).toBe(2);
    expect(model.requests.at(-1)?.prompt).toBe(
      `Dialect: SQLite\n\nQuestion: How many people?\n\nExplain: ${countPeople.sql}`,
    );
  });

  it('says why there is none, and the answer stays', async () => {
    explainBy(() => ({ status: 422, message: 'explains nothing' }));
    const { body } = await api.ask(question, { Prefer: 'wait=60' });
    expect((await explained(body.id)).explanation?.message).toContain('explains nothing');
    expect(await api.query(body.id)).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
  });

  it('is not written where nobody asked for it', async () => {
    explainBy(() => ({ texts: ['words'] }));
    model.requests.length = 0;
    const { body } = await api.ask({ ...question, explain: false }, { Prefer: 'wait=60' });
    expect(body.explanation).toBeUndefined();
    expect(model.requests).toHaveLength(1);
  });

  it('is written by another generator when one is killed, and the answer stays as it is', async () => {
    const isExplaining = Promise.withResolvers<void>();
    let tries = 0;
    explainBy(() => {
      tries += 1;
      isExplaining.resolve();
      return tries === 1 ? { stall: 'It' } : { texts: ['It counts all people.'] };
    });
    const { body } = await api.ask(question, { Prefer: 'wait=60' });
    expect(body).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
    await isExplaining.promise;
    const before = await endings(body.id);
    for (const generator of stack.all('generator')) await generator.restart('SIGKILL');
    const view = await explained(body.id, 90_000);
    expect(view.explanation?.text).toBe('It counts all people.');
    expect(view).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
    expect(view.attempts).toEqual(body.attempts);
    // It ended once, and the kill changed nothing of how.
    expect(before).toHaveLength(1);
    expect(await endings(body.id)).toEqual(before);
  }, 150_000);
});
