import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';

interface Conversation {
  id: string;
  queries: { id: string; status: string; question: string; sql: string | null }[];
}

const cleanup = cleanups();
let model: ScriptedModel;
let api: DescribedApi;

beforeAll(async () => {
  const service = await startService(cleanup, { environment: { NANO_CALLER_HEADER: 'x-caller' } });
  ({ api, model } = service);
  await api.addSqlite('other', service.database.file);
});

beforeEach(() => {
  model.requests.length = 0;
});

async function ask(question: string, conversationId?: string, datasource = 'small', caller?: string) {
  const headers = { Prefer: 'wait=60', ...(caller !== undefined && { 'x-caller': caller }) };
  const request = { question, datasource, ...(conversationId !== undefined && { conversationId }) };
  return (await api.ask(request, headers)).body;
}

const turns = (at: number) => /Earlier turns:\n([\s\S]*?)\n\n/.exec(model.requests[at]?.prompt ?? '')?.[1];

describe('a conversation', () => {
  it('shows a follow-up the earlier turns back to the one that opened the topic', async () => {
    const first = await ask('How many people are there?');
    expect(first).toMatchObject({ status: 'succeeded', conversationId: first.id });
    expect(first.followsUp).toBeUndefined();
    const second = await ask('And in Wien?', first.id);
    expect(second).toMatchObject({ conversationId: first.id, followsUp: [first.question] });
    const third = await ask('Which of them are old?', first.id);
    expect(third.followsUp).toEqual([second.question, first.question]);
    expect(turns(2)).toBe(
      [first, second].map(({ question }) => `Question: ${question}\nSQL: ${countPeople.sql}`).join('\n'),
    );

    await ask('How many person rows have a name?', first.id);
    expect(turns(3)).toBeUndefined();
    const after = await ask('And in Graz?', first.id);
    expect(after.followsUp).toEqual(['How many person rows have a name?']);

    const { body } = await api.request<Conversation>('GET', `/v1/conversations/${first.id}`);
    expect(body.queries.map(({ question }) => question)).toEqual([
      first.question,
      second.question,
      third.question,
      'How many person rows have a name?',
      after.question,
    ]);
    expect(body.queries[0]).toMatchObject({ id: first.id, status: 'succeeded', sql: countPeople.sql });
  });

  it('takes an id of the client, and leaves out what failed and other datasources', async () => {
    await ask('How many people?', 'mine-1', 'other');
    model.script = () => ({ texts: ['no statement'] });
    const failed = await ask('And the oldest?', 'mine-1');
    expect(failed.status).toBe('failed');
    model.script = () => ({ texts: [countPeople.sql] });
    expect((await ask('And the youngest?', 'mine-1')).followsUp).toBeUndefined();
    expect((await ask('And the eldest?', 'mine-1')).followsUp).toEqual(['And the youngest?']);
  });

  it('is there for its caller alone', async () => {
    const first = await ask('How many people?', 'secret', 'small', 'ada');
    const path = '/v1/conversations/secret';
    expect((await api.request('GET', path, undefined, { 'x-caller': 'ada' })).status).toBe(200);
    expect((await api.request('GET', path, undefined, { 'x-caller': 'bob' })).status).toBe(404);
    for (const caller of ['bob', undefined])
      expect(await ask('And now?', 'secret', 'small', caller)).toMatchObject({ code: 'not_found' });
    expect(await ask('And now?', first.id, 'small', 'ada')).not.toMatchObject({
      followsUp: [first.question],
    });
  });

  it.each(['', 'a b', 'x'.repeat(65), "'; drop table query; --", 'é'])('refuses %j as an id', async (id) => {
    expect(await ask('How many people?', id)).toMatchObject({ code: 'invalid_request' });
  });

  it.each(['none', '%20', '..%2f', 'x'.repeat(200)])('is not found by %s', async (id) => {
    expect((await api.request('GET', `/v1/conversations/${id}`)).status).toBe(404);
  });
});
