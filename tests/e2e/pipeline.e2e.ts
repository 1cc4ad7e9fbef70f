import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { QueryView } from '#shared/contracts/query';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import type { Script, ScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople, endlessSql, slowSql } from '../support/small-database.js';

const fenced = (sql: string) => ({ texts: [`\`\`\`sql\n${sql}\n\`\`\``] });
/** Sample k is text k, in whatever steps the samples are asked for: the seed counts those before. */
const inSteps =
  (texts: readonly string[]): Script =>
  ({ n, seed = 0 }) => ({ texts: texts.slice(seed, seed + n) });

describe.each(queueKinds)('the pipeline on %s', (kind) => {
  const cleanup = cleanups();
  let model: ScriptedModel;
  let api: DescribedApi;

  beforeAll(async () => {
    ({ api, model } = await startService(cleanup, {
      queue: kind,
      script: () => fenced(countPeople.sql),
      policy: { timeoutMs: 3_000 },
    }));
  });

  afterEach(() => {
    model.script = () => fenced(countPeople.sql);
    model.requests.length = 0;
  });

  it('answers a question with rows, the SQL and how it got there', async () => {
    const { status, body } = await api.ask({ question: 'How many people are there?' }, { Prefer: 'wait=30' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'succeeded',
      datasource: 'small',
      question: 'How many people are there?',
      sql: countPeople.sql,
      columns: [{ name: 'n' }],
      rows: countPeople.rows,
      truncated: null,
      attempts: [
        {
          number: 1,
          model: 'scripted',
          promptTokens: 100,
          completionTokens: 10,
          candidates: [{ sql: countPeople.sql, outcome: 'succeeded' }],
        },
      ],
    });
    expect(body.tables.sort()).toEqual(['city', 'person']);
    expect(body.timings.total).toBeGreaterThan(0);
  });

  it('shows the model the schema, joins and matching values', async () => {
    await api.answer({ question: 'Who lives in wien?' });
    const [request] = model.requests;
    expect(request?.prompt).toContain('table city -- (3 rows)');
    expect(request?.prompt).toContain('city_id INTEGER references city(id)');
    expect(request?.prompt).toContain('person.city_id = city.id');
    expect(request?.prompt).toContain("city.name = 'Wien'");
    expect(request?.prompt.endsWith('Question: Who lives in wien?')).toBe(true);
  });

  it('shows the model the verified examples most like the question from the next query on', async () => {
    const path = '/v1/datasources/small/examples';
    const examples = [
      {
        question: 'How many people live in Wien?',
        sql: "SELECT count(*) FROM person WHERE city_id = 'Wien'",
      },
      { question: 'Name the oldest city.', sql: 'SELECT name FROM city' },
    ];
    const ids = [];
    for (const example of examples)
      ids.push((await api.request<{ id: string }>('POST', path, example)).body.id);
    await api.answer({ question: 'How many people were born in Graz?' });
    expect(model.requests[0]?.prompt).toContain(
      `Examples:\nQuestion: ${examples[0]?.question}\nSQL: ${examples[0]?.sql}`,
    );
    for (const id of ids) await api.request('DELETE', `${path}/${id}`);
    await api.answer({ question: 'How many people were born in Graz?' });
    expect(model.requests[1]?.prompt).not.toContain('Examples:');
  });

  it('sends failed SQL back with its traceback and keeps every attempt', async () => {
    model.script = (_, number) => fenced(number === 1 ? 'SELECT wage FROM person' : countPeople.sql);
    const query = await api.answer({ question: 'How many people?' });
    expect(query.status).toBe('succeeded');
    expect(query.attempts.map((attempt) => attempt.candidates[0]?.outcome)).toEqual(['failed', 'succeeded']);
    expect(query.attempts[0]?.candidates[0]?.error).toMatchObject({
      class: 'unknown_column',
      message: expect.stringContaining('wage'),
    });
    expect(model.requests[1]?.prompt).toContain('SQL: SELECT wage FROM person\nError (unknown_column): ');
  });

  it('mends what cannot run, and says so', async () => {
    model.script = () => fenced('SELECT nme FROM persons');
    const query = await api.answer({ question: 'What are all called?' });
    expect(query).toMatchObject({ status: 'succeeded', sql: 'SELECT name FROM person' });
    expect(query.attempts[0]?.candidates[0]?.repairs).toEqual([
      { kind: 'table', from: 'persons', to: 'person' },
      { kind: 'spelling', from: 'nme', to: 'name' },
    ]);
  });

  it.each([
    [undefined, 4],
    [0, 1],
    [5, 6],
  ])('with maxCorrections %s gives up after %i attempts', async (maxCorrections, attempts) => {
    model.script = () => fenced('SELECT x FROM nowhere');
    const query = await api.answer({
      question: 'What?',
      ...(maxCorrections !== undefined && { maxCorrections }),
    });
    expect(query).toMatchObject({
      status: 'failed',
      error: { code: 'sql_failed', stage: 'execute' },
      rows: [],
      sql: null,
    });
    expect(query.attempts).toHaveLength(attempts);
    expect(query.attempts.every((attempt) => attempt.candidates[0]?.error?.class === 'unknown_table')).toBe(
      true,
    );
  });

  it('corrects a reply without SQL, and says so when none ever comes', async () => {
    model.script = (_, number) =>
      number === 1 ? { texts: ['I would rather not.'] } : fenced(countPeople.sql);
    expect((await api.answer({ question: 'Well?' })).status).toBe('succeeded');
    model.script = () => ({ texts: ['No.'] });
    expect(await api.answer({ question: 'Well?' })).toMatchObject({
      status: 'failed',
      error: { code: 'no_sql', stage: 'generate' },
    });
  });

  it('votes among several candidates by their results', async () => {
    const texts = ['SELECT 7', 'SELECT nope', 'SELECT count(*) FROM person', 'SELECT count(id) FROM person'];
    model.script = inSteps(texts);
    const query = await api.answer({ question: 'How many people?', candidates: 4 });
    expect(model.requests.map(({ n }) => n)).toEqual([3, 1]);
    expect(query).toMatchObject({ sql: 'SELECT count(*) FROM person', rows: [[3]] });
    expect(query.attempts[0]?.candidates.map((candidate) => candidate.outcome)).toEqual([
      'succeeded',
      'failed',
      'succeeded',
      'succeeded',
    ]);
  });

  it('counts a text as often as the model wrote it', async () => {
    // Alike in all that the choice looks at but their votes.
    const texts = [
      'SELECT count(*) FROM person',
      'SELECT count(*) + 4 FROM person',
      'SELECT count(1) FROM person',
      'SELECT count(*) + 4 FROM person',
      'SELECT count(*) + 4 FROM person',
    ];
    model.script = inSteps(texts);
    const query = await api.answer({ question: 'How many people?', candidates: 5 });
    expect(query).toMatchObject({ sql: 'SELECT count(*) + 4 FROM person', rows: [[7]] });
    expect(query.attempts[0]?.candidates.map(({ sql, votes }) => [sql, votes])).toEqual([
      ['SELECT count(*) FROM person', undefined],
      ['SELECT count(*) + 4 FROM person', 3],
      ['SELECT count(1) FROM person', undefined],
    ]);
  });

  it('never lets a statement write', async () => {
    model.script = () => fenced('WITH gone AS (SELECT 1) DELETE FROM person');
    const query = await api.answer({ question: 'Remove everyone', maxCorrections: 0 });
    expect(query).toMatchObject({
      status: 'failed',
      attempts: [{ candidates: [{ outcome: 'rejected', error: { class: 'policy' } }] }],
    });
    model.script = () => fenced(countPeople.sql);
    expect((await api.answer({ question: 'How many people?' })).rows).toEqual(countPeople.rows);
  });

  it('stops a statement at the time limit, and lets the model mend it', async () => {
    model.script = (_, number) => fenced(number === 1 ? endlessSql : countPeople.sql);
    const query = await api.answer({ question: 'How many?' });
    expect(query.attempts[0]?.candidates[0]?.error?.class).toBe('timeout');
    expect(query.status).toBe('succeeded');
  });

  it('streams the transitions and resumes after Last-Event-ID', async () => {
    model.script = (_, number) => ({
      ...fenced(number === 1 ? 'SELECT nope' : countPeople.sql),
      delayMs: 100,
    });
    const { body } = await api.ask({ question: 'How many?' });
    const events = await api.events(body.id);
    expect(events.map((event) => event.status)).toEqual([
      'queued',
      'retrieving',
      'generating',
      'executing',
      'generating',
      'executing',
      'succeeded',
    ]);
    expect(events.map((event) => event.id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(events.map((event) => event.attempt)).toEqual([0, 0, 1, 1, 2, 2, 2]);
    expect((await api.events(body.id, 5)).map((event) => event.id)).toEqual([6, 7]);
    expect(await api.events(body.id, 7)).toEqual([]);
  });

  it('streams events while they happen', async () => {
    const seen = Promise.withResolvers<void>();
    model.script = () => ({ ...fenced(countPeople.sql), after: seen.promise });
    const { body } = await api.ask({ question: 'How many?' });
    expect((await api.events(body.id, 0, 3)).at(-1)?.status).toBe('generating');
    seen.resolve();
    expect((await api.ended(body.id, 20_000)).status).toBe('succeeded');
  });

  it('gives a repeat of an Idempotency-Key the first query, and refuses the key for another request', async () => {
    const key = { 'Idempotency-Key': `key-${kind}` };
    const request = { question: 'How many people?' };
    const asked = await Promise.all(Array.from({ length: 8 }, () => api.ask(request, key)));
    expect(new Set(asked.map((answer) => answer.body.id)).size).toBe(1);
    const other = await api.ask({ question: 'Something else' }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('cancels: the request to the model is closed, and the end stays the end', async () => {
    model.script = () => ({ hang: true });
    const { body } = await api.ask({ question: 'How many?' });
    await api.events(body.id, 0, 3);
    await waitFor(() => model.requests.length > 0);
    const before = model.aborted;
    const cancelled = await api.request<QueryView>('DELETE', `/v1/queries/${body.id}`);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    await expect(waitFor(() => model.aborted > before)).resolves.toBe(true);
    expect((await api.request<QueryView>('DELETE', `/v1/queries/${body.id}`)).body.status).toBe('cancelled');
    expect((await api.events(body.id)).map((event) => event.status)).toEqual([
      'queued',
      'retrieving',
      'generating',
      'cancelled',
    ]);
  });

  it('cancels while the database is busy', async () => {
    model.script = () => fenced(endlessSql);
    const { body } = await api.ask({ question: 'How many?' });
    await api.events(body.id, 0, 4);
    await api.request('DELETE', `/v1/queries/${body.id}`);
    expect((await api.query(body.id)).status).toBe('cancelled');
  });

  it('answers 202 when the wait is over before the query', async () => {
    model.script = () => ({ ...fenced(slowSql), delayMs: 1_500 });
    const { status, headers, body } = await api.ask({ question: 'How many?' }, { Prefer: 'wait=1' });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/queries/${body.id}`);
    expect((await api.ended(body.id, 20_000)).status).toBe('succeeded');
  });
});

async function waitFor(condition: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 100 && !condition(); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return condition();
}
