import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { RetentionStore } from '#shared/persistence/retention.store';
import { createStateDatabase, type StateDatabase } from '../support/database.js';
import { insertDatasource } from '../support/queries.js';
import { testServers } from '../support/servers.js';

const dayMs = 24 * 60 * 60 * 1_000;

describe('retention', () => {
  let state: StateDatabase;
  let store: RetentionStore;
  let datasourceId: string;

  beforeAll(async () => {
    state = await createStateDatabase(testServers().postgresUrl);
    store = new RetentionStore(state.db);
    datasourceId = await insertDatasource(state);
  });
  afterAll(() => state.drop());

  async function insert(madeDaysAgo: number, endedDaysAgo: number | null): Promise<string> {
    const id = uuidv7({ msecs: Date.now() - madeDaysAgo * dayMs });
    const ended = endedDaysAgo === null ? null : new Date(Date.now() - endedDaysAgo * dayMs);
    await state.pool.query(
      `insert into query (id, datasource_id, question, status, max_corrections, candidate_count, created_at, updated_at, deadline_at, finished_at)
       values ($1, $2, 'What?', $3, 3, 1, now(), now(), now(), $4)`,
      [id, datasourceId, ended ? 'succeeded' : 'executing', ended],
    );
    await state.pool.query(
      `insert into query_event (query_id, id, status, attempt, at, data) values ($1, 1, 'queued', 0, now(), '{}')`,
      [id],
    );
    await state.pool.query(
      `insert into answer (query_id, columns, rows, row_count) values ($1, '[]', '[[1]]', 1)`,
      [id],
    );
    return id;
  }

  async function left(table: string, column: string): Promise<Set<string>> {
    const { rows } = await state.pool.query<{ id: string }>(`select ${column} as id from ${table}`);
    return new Set(rows.map(({ id }) => id));
  }

  it('deletes queries that ended long ago with their rows, and no others', async () => {
    const old = await insert(40, 31);
    const stay = {
      open: await insert(40, null),
      endedLate: await insert(40, 29),
      young: await insert(1, 1),
      withFeedback: await insert(40, 39),
    };
    await state.pool.query(`insert into feedback (id, query_id, verdict) values ($1, $2, 'good')`, [
      uuidv7(),
      stay.withFeedback,
    ]);
    await expect(store.deleteQueries(30)).resolves.toBe(1);
    for (const [table, column] of [
      ['query', 'id'],
      ['query_event', 'query_id'],
      ['answer', 'query_id'],
    ] as const) {
      const ids = await left(table, column);
      expect(ids.has(old)).toBe(false);
      expect([...ids]).toEqual(expect.arrayContaining(Object.values(stay)));
    }
    await expect(store.deleteQueries(30)).resolves.toBe(0);
  });

  it('leaves a query alone that another one works on', async () => {
    const locked = await insert(50, 45);
    const client = await state.pool.connect();
    try {
      await client.query('begin');
      await client.query('select 1 from query where id = $1 for update', [locked]);
      await expect(store.deleteQueries(30)).resolves.toBe(0);
    } finally {
      await client.query('rollback');
      client.release();
    }
    await expect(store.deleteQueries(30)).resolves.toBe(1);
  });

  it('deletes checks that ended long ago, and no open ones', async () => {
    const id = (daysAgo: number) => uuidv7({ msecs: Date.now() - daysAgo * dayMs });
    const checks: [string, string, number][] = [
      [id(40), 'done', 40],
      [id(40), 'open', 40],
      [id(2), 'done', 2],
    ];
    for (const [check, status, days] of checks)
      await state.pool.query(
        `insert into statement_check (id, datasource_id, status, dry_run, updated_at)
         values ($1, $2, $3, false, now() - make_interval(days => $4))`,
        [check, datasourceId, status, days],
      );
    await expect(store.deleteChecks(30)).resolves.toBe(1);
    expect(await left('statement_check', 'id')).toEqual(new Set([checks[1]?.[0], checks[2]?.[0]]));
  });

  it('deletes records of operators that are old enough', async () => {
    for (const days of [40, 20])
      await state.pool.query(
        `insert into operator_action (at, operator, address, action, queue, job_id)
         values (now() - make_interval(days => $1), 'ada', '127.0.0.1', 'retry', 'check', $2)`,
        [days, `${days}`],
      );
    await expect(store.deleteOperatorActions(30)).resolves.toBe(1);
    expect(await left('operator_action', 'job_id')).toEqual(new Set(['20']));
  });
});
