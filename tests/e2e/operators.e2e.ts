import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Queue } from 'bullmq';
import { type JobName, jobNames } from '#shared/queue/catalogue';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
import { openRawQueues } from '../support/raw-queues.js';
import { queueKinds, queueUrl, testServers } from '../support/servers.js';
import { Stack } from '../support/stack.js';

const key = 'the-key-of-all-operators';
const apiKey = 'a-key-for-the-api-only';
const page = '/operators/queues';
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
      environment: { NANO_OPERATOR_KEY: key, NANO_API_KEYS: apiKey },
    });
    cleanup(() => stack.stop());
    anyone = new ApiClient(stack.url);
    operator = new ApiClient(stack.url, basic(key));
    const raw = openRawQueues(kind === 'redis' ? queueUrl(kind) : stack.databaseUrl, stack.name);
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

  function auditOf(job: string): Promise<Record<string, unknown>[]> {
    return until(5_000, 'the record', async () => {
      const lines = stack
        .all('gateway')[0]!
        .log.split('\n')
        .filter((line) => line.includes('"audit"'));
      const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const found = records.filter((record) => record['job'] === job);
      return found.length > 0 ? found : undefined;
    });
  }

  it.each([
    '',
    '/',
    '/static/favicon.ico',
    '/api/queues',
    '/nothing',
    '/../queues/api/queues',
    '/%61pi/queues',
  ])('have to say the key at %s', async (path) => {
    const strangers = [
      {},
      basic('the-key-of-no-operator'),
      basic(apiKey),
      basic(key, ''),
      { Authorization: `Bearer ${key}` },
      { Authorization: `Bearer ${apiKey}` },
      { Authorization: 'Basic !' },
    ];
    for (const headers of strangers) {
      const {
        status,
        headers: answered,
        body,
      } = await anyone.request('GET', page + path, undefined, headers);
      expect(status).toBe(401);
      expect(answered.get('www-authenticate')).toMatch(/^Basic /);
      expect(body).toMatchObject({ code: 'unauthorized' });
    }
  });

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
      body: { code: 'operator_refused' },
    });
  });

  it('retry a dead letter, and leave a record', async () => {
    const id = await deadLetter();
    const path = `${page}/api/queues/retrieve/${id}/retry`;
    expect((await operator.request('PUT', path, undefined, { Origin: stack.url })).status).toBeLessThan(300);
    expect(await auditOf(id)).toMatchObject([
      { msg: 'audit', actor: 'ada', action: 'retry', queue: 'retrieve', job: id, outcome: 'done' },
    ]);
    await until(10_000, 'the second run', async () =>
      (await queues.retrieve.getJob(id))!.attemptsMade === 2 ? true : undefined,
    );
  });

  it('discard a dead letter, and leave a record', async () => {
    const id = await deadLetter();
    const path = `${page}/api/queues/retrieve/${id}/clean`;
    expect((await operator.request('PUT', path, undefined, own)).status).toBeLessThan(300);
    expect(await auditOf(id)).toMatchObject([{ actor: 'ada', action: 'discard', job: id, outcome: 'done' }]);
    expect(await queues.retrieve.getJobState(id)).toBe('unknown');
  });

  it('leave alone what has not failed, and leave a record', async () => {
    const { id } = await queues.retrieve.add('retrieve', {}, { delay: 3_600_000 });
    for (const action of ['retry', 'clean'])
      expect(
        await operator.request('PUT', `${page}/api/queues/retrieve/${id}/${action}`, undefined, own),
      ).toMatchObject({ status: 403 });
    expect(await queues.retrieve.getJobState(id!)).toBe('delayed');
    expect(await auditOf(id!)).toMatchObject([{ outcome: 'refused' }, { outcome: 'refused' }]);
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
    expect(await new ApiClient(stack.url).request('GET', page)).toMatchObject({ status: 404 });
  } finally {
    await stack.stop();
  }
});
