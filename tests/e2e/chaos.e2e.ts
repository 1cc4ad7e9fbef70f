import { beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isFinal, type QueryView } from '#shared/contracts/query';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import type { Script } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople, slowSql } from '../support/small-database.js';
import type { AppName, Stack } from '../support/stack.js';

const load = 200;
/** Twice: a killed worker's jobs come back after at most its lock and one check. */
const endsWithinMs = 90_000;
/** Every third statement takes a while in the executor, every fifth fails at first. */
const script: Script = ({ question, prompt }) => {
  const number = Number(/\d+/.exec(question)?.[0] ?? 0);
  if (number % 5 === 0 && !prompt.includes('Failed attempts:'))
    return { texts: ['SELECT nope'], delayMs: 60 };
  return { texts: [number % 3 === 0 ? slowSql : countPeople.sql], delayMs: 60 };
};

describe.each(queueKinds)('what is killed under load, on %s', (kind) => {
  const cleanup = cleanups();
  let redis: TestRedis | undefined;
  let stack: Stack;
  let client: pg.Client;
  let apis: ApiClient[];

  beforeAll(async () => {
    redis = kind === 'redis' ? await startRedis() : undefined;
    cleanup(() => redis?.stop());
    ({ stack } = await startService(cleanup, {
      queue: redis ?? kind,
      script,
      copies: { gateway: 2, retriever: 2, generator: 2, executor: 2 },
      environment: { QUERY_DEADLINE_MS: '120000' },
    }));
    apis = stack.all('gateway').map((gateway) => new ApiClient(gateway.url));
    client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    cleanup(() => client.end());
  });

  it.each<AppName>(['retriever', 'generator', 'executor'])(
    '%s killed with SIGKILL in the middle of its stage: every query succeeds once',
    async (name) => {
      const asking = ask();
      // A short retrieval is not written before it ends: the retriever is at work while some are past it and some are not.
      const atWork = {
        retriever: ['queued', 'generating'],
        generator: ['generating'],
        executor: ['executing'],
      }[name as 'retriever'];
      await until(20_000, `queries that are ${atWork.join(' and ')}`, async () =>
        (await Promise.all(atWork.map(count))).every((queries) => queries > 0) ? true : undefined,
      );
      for (const app of stack.all(name)) await app.restart('SIGKILL');
      await expectAllAnswered(await asking);
    },
  );

  it('every app told to stop while it is busy drains and loses nothing', async () => {
    const ids = await ask();
    for (const name of ['retriever', 'generator', 'executor'] as const) {
      const [app] = stack.all(name);
      expect(await app?.end('SIGTERM')).toBe(0);
      await app?.start();
    }
    await expectAllAnswered(ids);
  });

  it('a gateway killed right after it accepted loses nothing that it accepted', async () => {
    const [first] = stack.all('gateway');
    const accepted = async () =>
      (await client.query<{ id: string }>(`select id from query where question like 'Accepted %'`)).rows.map(
        (row) => row.id,
      );
    const asked = Array.from({ length: 100 }, (_, number) =>
      apis[0]?.ask({ question: `Accepted ${number}?` }).catch(() => undefined),
    );
    await until(20_000, 'the first accepted query', async () =>
      (await accepted()).length > 0 ? true : undefined,
    );
    await first?.end('SIGKILL');
    await Promise.all(asked);
    await first?.start();
    const ids = await accepted();
    apis = stack.all('gateway').map((gateway) => new ApiClient(gateway.url));
    await expectAllAnswered(ids);
  });

  if (kind === 'redis') {
    it('Redis flushed in the middle: every query succeeds once', async () => {
      const ids = await ask();
      await redis?.flush();
      await sleep(500);
      await redis?.flush();
      await expectAllAnswered(ids);
    });
  } else {
    it('the queue tables emptied in the middle: every query succeeds once', async () => {
      const ids = await ask();
      await client.query('truncate bullmq.job cascade');
      await expectAllAnswered(ids);
    });
  }

  async function ask(): Promise<string[]> {
    const asked = Array.from({ length: load }, (_, number) => {
      const api = apis[number % apis.length];
      return api?.ask({ question: `What about number ${number}?` });
    });
    const answers = await Promise.all(asked);
    expect(answers.every((answer) => answer?.status === 202)).toBe(true);
    return answers.map((answer) => answer?.body.id ?? '');
  }

  async function count(status: string): Promise<number> {
    const { rows } = await client.query<{ n: number }>(
      'select count(*)::int as n from query where status = $1',
      [status],
    );
    return rows[0]?.n ?? 0;
  }

  async function expectAllAnswered(ids: string[]): Promise<void> {
    await until(endsWithinMs, `the end of ${ids.length} queries`, async () => {
      const { rows } = await client.query<{ n: number }>(
        `select count(*)::int as n from query where id = any($1) and finished_at is null`,
        [ids],
      );
      return rows[0]?.n === 0 ? true : undefined;
    });
    const { rows } = await client.query<{ status: string; n: number }>(
      'select status, count(*)::int as n from query where id = any($1) group by status',
      [ids],
    );
    expect(rows).toEqual([{ status: 'succeeded', n: ids.length }]);
    await expectEndedOnce(ids);
  }

  /** Each query has one final event and that is its last; attempts are numbered without gap or repeat. */
  async function expectEndedOnce(ids: string[]): Promise<void> {
    const { rows } = await client.query(
      `select q.id from query q where q.id = any($1) and (
        (select count(*) from query_event e where e.query_id = q.id and e.status = 'succeeded') <> 1
        or (select max(e.id) from query_event e where e.query_id = q.id) <> q.version
        or (select status from query_event e where e.query_id = q.id order by e.id desc limit 1) <> 'succeeded'
        or (select array_agg(number order by number) from attempt a where a.query_id = q.id)
          <> (select array_agg(s) from generate_series(1, q.attempt) s)
        or not exists (select from answer where query_id = q.id))`,
      [ids],
    );
    expect(rows).toEqual([]);
    const sample = await apis[0]?.request<QueryView>('GET', `/v1/queries/${ids[0]}`);
    expect(sample?.body && isFinal(sample.body.status)).toBe(true);
  }
});
