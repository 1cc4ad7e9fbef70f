import { beforeAll, describe, expect, it } from '@jest/globals';
import type { QueryView } from '#shared/contracts/query';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import { onDatabase } from '../support/database.js';
import { DescribedApi } from '../support/described-api.js';
import { type Behaviour, type ScriptedModel, startScriptedModel } from '../support/scripted-model.js';
import { queueKinds, queueUrl, testServers } from '../support/servers.js';
import { countPeople, makeSmallDatabase } from '../support/small-database.js';
import { Stack } from '../support/stack.js';

const cleanup = cleanups();
const database = makeSmallDatabase();
const question = { question: 'How many people?', datasource: 'small', explain: true };
let model: ScriptedModel;
let api: DescribedApi;

beforeAll(async () => {
  cleanup(() => database.remove());
  model = await startScriptedModel(() => ({ texts: [countPeople.sql] }));
  cleanup(() => model.stop());
  const { postgresUrl } = testServers();
  const stack = await Stack.start({ databaseUrl: postgresUrl, queueUrl: postgresUrl, modelUrl: model.url });
  cleanup(() => stack.stop());
  api = await DescribedApi.open(stack.url);
  await api.addSqlite('small', database.file);
});

/** The model answers questions with SQL, and what asks for words as it is told. */
function explainBy(behaviour: () => Behaviour): void {
  model.script = ({ prompt }) => (prompt.includes('Explain: ') ? behaviour() : { texts: [countPeople.sql] });
}

async function explained(id: string): Promise<NonNullable<QueryView['explanation']>> {
  return until(30_000, 'the explanation', async () => {
    const { body } = await api.request<QueryView>('GET', `/v1/queries/${id}`);
    const told = body.explanation ?? {};
    return told.text === undefined && told.message === undefined ? undefined : told;
  });
}

describe('an explanation', () => {
  it('comes after the answer, which does not wait for it', async () => {
    let asked = 0;
    explainBy(() => (asked++ === 0 ? { status: 503 } : { texts: ['It counts\nall people.'] }));
    const { body } = await api.ask(question, { Prefer: 'wait=60' });
    expect(body).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
    expect(await explained(body.id)).toEqual({ text: 'It counts all people.', model: expect.any(String) });
    expect(asked).toBe(2);
    expect(model.requests.at(-1)?.prompt).toBe(
      `Dialect: SQLite\n\nQuestion: How many people?\n\nExplain: ${countPeople.sql}`,
    );
  });

  it('says why there is none, and the answer stays', async () => {
    explainBy(() => ({ status: 422, message: 'explains nothing' }));
    const { body } = await api.ask(question, { Prefer: 'wait=60' });
    expect((await explained(body.id)).message).toContain('explains nothing');
    const after = await api.request<QueryView>('GET', `/v1/queries/${body.id}`);
    expect(after.body).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
  });

  it('is not written where nobody asked for it', async () => {
    explainBy(() => ({ texts: ['words'] }));
    model.requests.length = 0;
    const { body } = await api.ask({ ...question, explain: false }, { Prefer: 'wait=60' });
    expect(body.explanation).toBeUndefined();
    expect(model.requests).toHaveLength(1);
  });
});

describe.each(queueKinds)('a generator killed while it explains, on %s', (kind) => {
  const own = cleanups();

  it('leaves the answer as it is, and another one explains it', async () => {
    const stack = await Stack.start({
      databaseUrl: testServers().postgresUrl,
      queueUrl: queueUrl(kind),
      modelUrl: model.url,
    });
    own(() => stack.stop());
    const asked = await DescribedApi.open(stack.url);
    await asked.addSqlite('small', database.file);
    const isExplaining = Promise.withResolvers<void>();
    let tries = 0;
    explainBy(() => {
      tries += 1;
      isExplaining.resolve();
      return tries === 1 ? { stall: 'It' } : { texts: ['It counts all people.'] };
    });
    const { body } = await asked.ask(question, { Prefer: 'wait=60' });
    expect(body).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
    await isExplaining.promise;
    const before = await endings(stack, body.id);
    for (const generator of stack.all('generator')) await generator.restart('SIGKILL');
    const view = await until(90_000, 'the explanation after the kill', async () => {
      const { body: now } = await asked.request<QueryView>('GET', `/v1/queries/${body.id}`);
      return now.explanation?.text === undefined && now.explanation?.message === undefined ? undefined : now;
    });
    expect(view.explanation?.text).toBe('It counts all people.');
    expect(view).toMatchObject({ status: 'succeeded', rows: countPeople.rows });
    expect(view.attempts).toEqual(body.attempts);
    // It ended once, and the kill changed nothing of how.
    expect(before).toHaveLength(1);
    expect(await endings(stack, body.id)).toEqual(before);
  }, 150_000);
});

async function endings({ databaseUrl }: Stack, id: string): Promise<object[]> {
  return onDatabase(databaseUrl, async (client) => {
    const sql = `select id, status, attempt, at from query_event where query_id = $1 and status in ('succeeded', 'failed', 'cancelled')`;
    return (await client.query<object>(sql, [id])).rows;
  });
}
