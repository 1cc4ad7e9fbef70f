import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ExampleList } from '#shared/contracts/example';
import type { Feedback, FeedbackList } from '#shared/contracts/feedback';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const cleanup = cleanups();
const corrected = 'SELECT name FROM person WHERE born IS NOT NULL ORDER BY born LIMIT 1';
const as = (caller: string) => ({ 'x-caller': caller });
let api: DescribedApi;
let stack: Stack;

beforeAll(async () => {
  const environment = { NANO_CALLER_HEADER: 'x-caller', NANO_REVIEWERS: 'rita, rob' };
  ({ api, stack } = await startService(cleanup, { environment }));
});

async function asked(question: string): Promise<string> {
  const { body } = await api.ask({ question, datasource: 'small' }, { Prefer: 'wait=60', ...as('ada') });
  return body.id;
}

async function say(queryId: string, feedback: object, caller = 'ada') {
  return api.request<Feedback>('POST', `/v1/queries/${queryId}/feedback`, feedback, as(caller));
}

const decide = (id: string, decision: 'approve' | 'reject', caller = 'rita') =>
  api.request<Feedback>('POST', `/v1/feedback/${id}/${decision}`, undefined, as(caller));
const open = async () =>
  (await api.request<FeedbackList>('GET', '/v1/feedback', undefined, as('rita'))).body.feedback;
const examples = async () =>
  (await api.request<ExampleList>('GET', '/v1/datasources/small/examples')).body.examples;

describe('feedback', () => {
  it('makes a verified example at once when a reviewer approves its SQL, and is withdrawn with it', async () => {
    const question = 'Who is the oldest person?';
    const query = await asked(question);
    const said = await say(query, { verdict: 'corrected', sql: corrected, comment: 'a name' });
    expect(said).toMatchObject({
      status: 201,
      body: { queryId: query, question, sql: corrected, caller: 'ada', status: 'open', datasource: 'small' },
    });
    expect(await examples()).toEqual([]);
    expect((await open()).map(({ id }) => id)).toEqual([said.body.id]);
    const approved = await decide(said.body.id, 'approve');
    expect(approved).toMatchObject({ status: 200, body: { status: 'approved', reviewedBy: 'rita' } });
    expect(await examples()).toMatchObject([
      { id: approved.body.exampleId, question, sql: corrected, approvedBy: 'rita', feedbackId: said.body.id },
    ]);
    expect(await open()).toEqual([]);
    const { body: again } = await api.ask({ question, datasource: 'small' }, { Prefer: 'wait=60' });
    expect(again).toMatchObject({
      rows: [['Bob']],
      attempts: [{ origin: { exampleId: approved.body.exampleId } }],
    });

    await api.request(
      'DELETE',
      `/v1/datasources/small/examples/${approved.body.exampleId}`,
      undefined,
      as('rob'),
    );
    const withdrawn = await stack.sql(
      'select question, sql, feedback_id, approved_by, withdrawn_by from withdrawn_example',
    );
    expect(withdrawn).toEqual([
      { question, sql: corrected, feedback_id: said.body.id, approved_by: 'rita', withdrawn_by: 'rob' },
    ]);
  });

  it('that says good approves the SQL of the answer', async () => {
    const { body } = await say(await asked('How many persons?'), { verdict: 'good' });
    expect(body.sql).toBe(countPeople.sql);
    expect((await decide(body.id, 'approve')).body.status).toBe('approved');
    expect(await examples()).toContainEqual(
      expect.objectContaining({ question: 'How many persons?', sql: countPeople.sql }),
    );
  });

  it('is decided once, and a repeat of the decision is no error', async () => {
    const { body } = await say(await asked('How many humans?'), { verdict: 'good' });
    const all = await Promise.all(Array.from({ length: 8 }, () => decide(body.id, 'approve')));
    expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const [row] = await stack.sql<{ n: number }>(
      'select count(*)::int as n from verified_example where feedback_id = $1',
      [body.id],
    );
    expect(row?.n).toBe(1);
    expect(await decide(body.id, 'reject')).toMatchObject({ status: 409, body: { code: 'feedback_closed' } });
  });

  it.each([
    ['a column that is not there', 'SELECT nme FROM person'],
    ['a statement that writes', 'DELETE FROM person'],
  ])('is not approved with %s, and stays open', async (_, sql) => {
    const before = await examples();
    const { body } = await say(await asked('How many men?'), { verdict: 'corrected', sql });
    expect(await decide(body.id, 'approve')).toMatchObject({ status: 422, body: { code: 'sql_refused' } });
    expect((await open()).some(({ id }) => id === body.id)).toBe(true);
    expect(await examples()).toEqual(before);
    expect((await decide(body.id, 'reject')).body.status).toBe('rejected');
  });

  it('that only says wrong has nothing to approve', async () => {
    const { body } = await say(await asked('How many women?'), { verdict: 'wrong', comment: 'no' });
    expect(await decide(body.id, 'approve')).toMatchObject({
      status: 409,
      body: { code: 'nothing_to_approve' },
    });
    expect((await decide(body.id, 'reject')).body.status).toBe('rejected');
  });

  it('is given by who asked, and reviewed by reviewers', async () => {
    const query = await asked('How many beings?');
    expect(await say(query, { verdict: 'good' }, 'bob')).toMatchObject({ status: 404 });
    const { body } = await say(query, { verdict: 'good' });
    for (const caller of ['ada', '']) {
      const refused = { status: 403, body: { code: 'not_a_reviewer' } };
      expect(await decide(body.id, 'approve', caller)).toMatchObject(refused);
      expect(await api.request('GET', '/v1/feedback', undefined, as(caller))).toMatchObject(refused);
    }
  });

  it.each([
    ['SQL with another verdict', { verdict: 'good', sql: 'SELECT 1' }],
    ['a correction without SQL', { verdict: 'corrected' }],
    ['an unknown verdict', { verdict: 'fine' }],
    ['an unknown field', { verdict: 'good', status: 'approved' }],
    ['NUL', { verdict: 'good', comment: '\0' }],
  ])('refuses %s', async (_, body) => {
    const refused = await say(await asked('How many people?'), body);
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});
