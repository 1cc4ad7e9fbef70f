import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import type { OperatorAction, OperatorActionList } from '#shared/contracts/operator-action';
import { createPool } from '#shared/persistence/database';
import { type JobName, jobId, jobNames } from '#shared/queue/catalogue';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
import { insertDatasource, insertQuery } from '../support/queries.js';
import { openRawQueues } from '../support/raw-queues.js';
import { queueKinds, queueUrl, testServers } from '../support/servers.js';
import { Stack } from '../support/stack.js';

const key = 'the-key-of-operator-ada';
const graceKey = 'the-key-of-operator-grace';
const apiKey = 'a-key-for-the-api-only';
const page = '/operators/queues';
const actions = '/v1/operators/actions';
const basic = (password: string, name = 'ada') => ({
  Authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});
const own = { 'Sec-Fetch-Site': 'same-origin' };

describe.each(queueKinds)('operators, on %s', (kind) => {
  const cleanup = cleanups();
  let stack: Stack;
  let anyone: ApiClient;
  let operator: ApiClient;
  let queues: Record<JobName, Queue>;

  beforeAll(async () => {
    stack = await Stack.start({
      databaseUrl: testServers().postgresUrl,
      queueUrl: queueUrl(kind),
      modelUrl: 'http://127.0.0.1:9',
      environment: {
        NANO_OPERATOR_KEYS: `ada:${key},grace:${graceKey}`,
        NANO_API_KEYS: apiKey,
        RECONCILE_PERIOD_MS: '60000',
      },
    });
    cleanup(() => stack.stop());
    anyone = new ApiClient(stack.url);
    operator = new ApiClient(stack.url, basic(key));
    const raw = openRawQueues(stack);
    cleanup(() => raw.close());
    queues = raw.queues;
  });

  async function deadLetter(): Promise<string> {
    const { id } = await queues.retrieve.add('retrieve', { queryId: 'none' }, { attempts: 1 });
    await until(10_000, 'the dead letter', async () =>
      (await queues.retrieve.getJobState(id!)) === 'failed' ? true : undefined,
    );
    return id!;
  }

  async function actionsOn(job: string): Promise<OperatorAction[]> {
    const { status, body } = await operator.request<OperatorActionList>('GET', actions);
    expect(status).toBe(200);
    return body.actions.filter((action) => action.job === job);
  }

  /** What the log says of it, which comes after the answer. */
  function lineOn(job: string): Promise<Record<string, unknown>> {
    return until(5_000, 'the line in the log', async () =>
      stack
        .all('gateway')[0]!
        .log.split('\n')
        .filter((line) => line.includes('"audit"'))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .find((line) => line['job'] === job),
    );
  }

  it.each([
    '',
    '/',
    '/static/favicon.ico',
    '/api/queues',
    '/nothing',
    '/../queues/api/queues',
    '/%61pi/queues',
  ])('have to say name and key at %s', async (path) => {
    await refusesStrangers(page + path);
  });

  it('have to say name and key where the record is', () => refusesStrangers(actions));

  async function refusesStrangers(path: string): Promise<void> {
    const strangers = [
      {},
      basic('the-key-of-no-operator'),
      basic(apiKey),
      basic(key, ''),
      basic(key, 'grace'),
      { Authorization: `Bearer ${key}` },
      { Authorization: `Bearer ${apiKey}` },
      { Authorization: 'Basic !' },
    ];
    for (const headers of strangers) {
      const { status, headers: answered, body } = await anyone.request('GET', path, undefined, headers);
      expect(status).toBe(401);
      expect(answered.get('www-authenticate')).toMatch(/^Basic /);
      expect(body).toMatchObject({ code: 'unauthorized' });
    }
  }

  it('do not open the API with their key', async () => {
    for (const headers of [basic(key), { Authorization: `Bearer ${key}` }])
      expect(await anyone.request('GET', '/v1/datasources', undefined, headers)).toMatchObject({
        status: 401,
      });
  });

  it('get a page that loads nothing from elsewhere', async () => {
    const { status, headers, body } = await operator.request<string>('GET', page);
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(body).toContain(`<base href="${page}/" />`);
    expect(body).not.toMatch(/(?:href|src)="(?:https?:)?\/\//);
    const parts = [...body.matchAll(/(?:href|src)="(static\/[^"]+)"/g)].map(([, part]) => part!);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts)
      expect(await operator.request('GET', `${page}/${part}`)).toMatchObject({ status: 200 });
  });

  it('see every queue and its dead letters', async () => {
    const id = await deadLetter();
    const { status, body } = await operator.request<{
      queues: { name: string; counts: Record<string, number>; jobs: { id: string }[] }[];
    }>('GET', `${page}/api/queues?activeQueue=retrieve&status=failed&page=1&jobsPerPage=10`);
    expect(status).toBe(200);
    expect(body.queues.map(({ name }) => name).toSorted()).toEqual([...jobNames].toSorted());
    const retrieve = body.queues.find(({ name }) => name === 'retrieve')!;
    expect(retrieve.counts['failed']).toBeGreaterThan(0);
    expect(retrieve.jobs.map((job) => job.id)).toContain(id);
    expect(await operator.request('GET', `${page}/api/redis/stats`)).toMatchObject({ status: 200 });
  });

  it('change nothing for another site', async () => {
    const id = await deadLetter();
    const others: Record<string, string>[] = [
      {},
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'cross-site', Origin: stack.url },
    ];
    for (const headers of others)
      for (const action of ['retry', 'clean'])
        expect(
          await operator.request('PUT', `${page}/api/queues/retrieve/${id}/${action}`, undefined, headers),
        ).toMatchObject({ status: 403, body: { code: 'operator_refused' } });
    expect((await queues.retrieve.getJob(id))!.attemptsMade).toBe(1);
    expect((await actionsOn(id)).map(({ outcome }) => outcome)).toEqual(Array(10).fill('refused'));
  });

  it.each([
    ['POST', '/api/queues/retrieve/add', { name: 'retrieve', data: {} }],
    ['PUT', '/api/queues/pause', undefined],
    ['PUT', '/api/queues/retrieve/pause', undefined],
    ['PUT', '/api/queues/retrieve/empty', undefined],
    ['PUT', '/api/queues/retrieve/obliterate', { force: true }],
    ['PUT', '/api/queues/retrieve/clean/failed', undefined],
    ['PUT', '/api/queues/retrieve/retry/failed', undefined],
    ['PUT', '/api/queues/retrieve/promote', undefined],
    ['PUT', '/api/queues/retrieve/concurrency', { concurrency: 1 }],
    ['PATCH', '/api/queues/retrieve/1/update-data', { jobData: {} }],
  ])('may not %s %s', async (method, path, body) => {
    expect(await operator.request(method, page + path, body, own)).toMatchObject({
      status: 403,
      // `message` is what the page shows.
      body: { code: 'operator_refused', message: expect.stringContaining('Only failed jobs') },
    });
  });

  it('retry a dead letter, and leave a record', async () => {
    const id = await deadLetter();
    const path = `${page}/api/queues/retrieve/${id}/retry`;
    expect((await operator.request('PUT', path, undefined, { Origin: stack.url })).status).toBeLessThan(300);
    const action = { operator: 'ada', address: '127.0.0.1', action: 'retry', queue: 'retrieve', job: id };
    expect(await actionsOn(id)).toMatchObject([{ ...action, outcome: 'done' }]);
    expect(await lineOn(id)).toMatchObject({ msg: 'audit', ...action, outcome: 'done' });
    await until(10_000, 'the second run', async () =>
      (await queues.retrieve.getJob(id))!.attemptsMade === 2 ? true : undefined,
    );
  });

  it('discard a dead letter, and leave a record', async () => {
    const id = await deadLetter();
    const path = `${page}/api/queues/retrieve/${id}/clean`;
    const grace = { ...own, ...basic(graceKey, 'grace') };
    expect((await anyone.request('PUT', path, undefined, grace)).status).toBeLessThan(300);
    expect(await actionsOn(id)).toMatchObject([{ operator: 'grace', action: 'discard', outcome: 'done' }]);
    expect(await queues.retrieve.getJobState(id)).toBe('unknown');
  });

  it('leave alone what has not failed, and leave a record', async () => {
    const { id } = await queues.retrieve.add('retrieve', {}, { delay: 3_600_000 });
    for (const action of ['retry', 'clean'])
      expect(
        await operator.request('PUT', `${page}/api/queues/retrieve/${id}/${action}`, undefined, own),
      ).toMatchObject({ status: 403 });
    expect(await queues.retrieve.getJobState(id!)).toBe('delayed');
    expect((await actionsOn(id!)).map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
  });

  it('do nothing that cannot be recorded', async () => {
    const id = await deadLetter();
    const pool = createPool(stack.databaseUrl, 1);
    try {
      await pool.query('alter table operator_action rename to elsewhere');
      for (const action of ['retry', 'clean'])
        expect(
          await operator.request('PUT', `${page}/api/queues/retrieve/${id}/${action}`, undefined, own),
        ).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect((await queues.retrieve.getJob(id))!.attemptsMade).toBe(1);
    } finally {
      await pool.query('alter table elsewhere rename to operator_action');
      await pool.end();
    }
    expect(await actionsOn(id)).toEqual([]);
  });

  it('end the query that waits for a dead letter when they discard it', async () => {
    const pool = createPool(stack.databaseUrl, 1);
    try {
      const datasourceId = await insertDatasource({ pool });
      const query = await insertQuery({ pool }, { datasourceId, status: 'cancelled' });
      const id = jobId('retrieve', { queryId: query, attempt: 0 });
      // Dead before the query is open, with a payload that parses: so it is when a job has ended its workers again and again.
      const job = await queues.retrieve.add('retrieve', {}, { jobId: id });
      await until(10_000, 'the dead letter', async () =>
        (await job.getState()) === 'failed' ? true : undefined,
      );
      await job.updateData({ queryId: query, attempt: 0 });
      await pool.query(`update query set status = 'queued', finished_at = null, error = null where id = $1`, [
        query,
      ]);
      const path = `${page}/api/queues/retrieve/${id}/clean`;
      expect((await operator.request('PUT', path, undefined, own)).status).toBe(204);
      const { rows } = await pool.query('select status, error from query where id = $1', [query]);
      expect(rows).toMatchObject([
        { status: 'failed', error: { code: 'worker_crashed', stage: 'retrieve' } },
      ]);
      expect(await queues.retrieve.getJobState(id)).toBe('unknown');
    } finally {
      await pool.end();
    }
  });

  it('read their record from the newest on', async () => {
    const pool = createPool(stack.databaseUrl, 1);
    try {
      await pool.query(`insert into operator_action (operator, address, action, queue, job_id, outcome)
        select 'ada', '127.0.0.1', 'retry', 'check', 'job-' || n, 'done' from generate_series(1, 501) n`);
    } finally {
      await pool.end();
    }
    const first = await operator.request<OperatorActionList>('GET', actions);
    expect(first.body.actions).toHaveLength(500);
    expect(first.body.actions[0]?.job).toBe('job-501');
    const { body } = await operator.request<OperatorActionList>(
      'GET',
      `${actions}?before=${first.body.next}`,
    );
    expect(body.actions[0]?.job).toBe('job-1');
    expect(await operator.request('GET', `${actions}?before=x`)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
  });
});

it('find nothing where no key is set', async () => {
  const stack = await Stack.start({
    databaseUrl: testServers().postgresUrl,
    queueUrl: queueUrl('postgres'),
    modelUrl: 'http://127.0.0.1:9',
    copies: { retriever: 0, generator: 0, executor: 0 },
  });
  try {
    for (const path of [page, actions])
      expect(await new ApiClient(stack.url, basic(key)).request('GET', path)).toMatchObject({ status: 404 });
  } finally {
    await stack.stop();
  }
});
