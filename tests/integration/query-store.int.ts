import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Context } from '#shared/contracts/context';
import { finalStatuses, openStatuses, type QueryStatus } from '#shared/contracts/query';
import { QueryReader } from '#shared/persistence/query.reader';
import type { QueryStore } from '#shared/persistence/query.store';
import { createStateDatabase, type StateDatabase } from '../support/database.js';
import { insertDatasource, insertQuery, makeQueryStore } from '../support/queries.js';
import { testServers } from '../support/servers.js';

const context: Context = {
  dialect: 'sqlite',
  fingerprint: 'f',
  tables: [{ name: 't', card: 'table t', via: 'match', score: 1 }],
  joinPaths: [],
  values: [],
  examples: [],
};
const started = {
  number: 2,
  model: 'm',
  candidates: [{ sql: 'SELECT 1', outcome: 'proposed' as const }],
  promptTokens: 1,
  completionTokens: 1,
  generateMs: 1,
};
const reuse = {
  sql: 'SELECT 1',
  origin: { kind: 'verified_example' as const, exampleId: 'e', question: 'What?' },
};
const executed = {
  number: 2,
  candidates: [{ sql: 'SELECT 1', outcome: 'succeeded' as const }],
  executeMs: 1,
};
const answer = { columns: [{ name: 'n', type: '' }], rows: [[1]], truncated: null };
const error = { code: 'sql_failed', stage: 'execute' as const, message: 'm' };

interface Step {
  from: QueryStatus;
  /** A status that it may also be taken from. */
  also?: QueryStatus;
  attempt: number;
  to: QueryStatus;
  take(store: QueryStore, id: string): Promise<boolean>;
}

const steps: Record<string, Step> = {
  startRetrieval: {
    from: 'queued',
    attempt: 0,
    to: 'retrieving',
    take: (s, id) => s.startRetrieval(id),
  },
  storeContext: {
    from: 'retrieving',
    also: 'queued',
    attempt: 0,
    to: 'generating',
    take: (s, id) => s.storeContext(id, context, 1),
  },
  storeReuse: {
    from: 'retrieving',
    also: 'queued',
    attempt: 0,
    to: 'executing',
    take: (s, id) => s.storeReuse(id, context, reuse, 1),
  },
  storeCandidates: {
    from: 'generating',
    attempt: 2,
    to: 'executing',
    take: (s, id) => s.storeCandidates(id, started),
  },
  storeClarification: {
    from: 'generating',
    attempt: 2,
    to: 'succeeded',
    take: (s, id) => s.storeClarification(id, started, 'Which?'),
  },
  storeRefusal: {
    from: 'generating',
    attempt: 2,
    to: 'failed',
    take: (s, id) => s.storeRefusal(id, started, error),
  },
  storeCorrection: {
    from: 'executing',
    attempt: 2,
    to: 'generating',
    take: (s, id) => s.storeCorrection(id, executed),
  },
  storeAnswer: {
    from: 'executing',
    attempt: 2,
    to: 'succeeded',
    take: (s, id) => s.storeAnswer(id, executed, executed.candidates[0]!, answer),
  },
  storeDefeat: {
    from: 'executing',
    attempt: 2,
    to: 'failed',
    take: (s, id) => s.storeDefeat(id, executed, error),
  },
  fail: { from: 'generating', attempt: 1, to: 'failed', take: (s, id) => s.fail(id, error) },
  cancel: { from: 'queued', attempt: 0, to: 'cancelled', take: (s, id) => s.cancel(id) },
};

let state: StateDatabase;
let store: QueryStore;
let datasourceId: string;

beforeAll(async () => {
  state = await createStateDatabase(testServers().postgresUrl);
  store = makeQueryStore(state);
  datasourceId = await insertDatasource(state);
});
afterAll(() => state.drop());

describe.each(Object.entries(steps))('%s', (_, step) => {
  it('happens once of 50 at once, with one event whose id is the version', async () => {
    const id = await insertQuery(state, { ...step, status: step.from, datasourceId });
    const moved = await Promise.all(Array.from({ length: 50 }, () => step.take(store, id)));
    expect(moved.filter(Boolean)).toHaveLength(1);
    const after = await read(id);
    expect(after.query).toMatchObject({ status: step.to, version: 2 });
    expect(after.events.map((event) => [event.id, event.status])).toEqual([
      [1, step.from],
      [2, step.to],
    ]);
    expect(after.query['finished_at'] !== null).toBe(finalStatuses.some((status) => status === step.to));
  });

  it.each([...finalStatuses])('changes nothing of a query that has %s', async (status) => {
    const id = await insertQuery(state, { ...step, status, datasourceId });
    const before = await read(id);
    expect(await step.take(store, id)).toBe(false);
    expect(await read(id)).toEqual(before);
  });
});

const anyTime = ['fail', 'cancel'];
const inTurn = Object.entries(steps).filter(([name]) => !anyTime.includes(name));

describe.each(inTurn)('%s out of turn', (_, step) => {
  it.each(openStatuses.filter((status) => status !== step.from && status !== step.also))(
    'changes nothing of a query that is %s',
    async (status) => {
      await expectNothingOf(step, { status, attempt: step.attempt });
    },
  );
});

it.each(inTurn.filter(([, step]) => step.attempt > 0))(
  '%s of an earlier attempt changes nothing',
  async (_, step) => {
    await expectNothingOf(step, { status: step.from, attempt: step.attempt + 1 });
  },
);

describe.each(['storeContext', 'storeReuse'])('%s', (name) => {
  it('tells of a retrieval that was too short for a step of its own', async () => {
    const id = await insertQuery(state, { status: 'queued', attempt: 0, datasourceId });
    const moved = await Promise.all(Array.from({ length: 20 }, () => steps[name]!.take(store, id)));
    expect(moved.filter(Boolean)).toHaveLength(1);
    const { query, events } = await read(id);
    expect(query).toMatchObject({ status: steps[name]!.to, version: 3, attempt: 1 });
    expect(events.map((event) => [event.id, event.status])).toEqual([
      [1, 'queued'],
      [2, 'retrieving'],
      [3, steps[name]!.to],
    ]);
  });

  it('tells of it once when its start is written at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const id = await insertQuery(state, { status: 'queued', attempt: 0, datasourceId });
      const [, moved] = await Promise.all([store.startRetrieval(id), steps[name]!.take(store, id)]);
      expect(moved).toBe(true);
      const { query, events } = await read(id);
      expect(query).toMatchObject({ status: steps[name]!.to, version: 3 });
      expect(events.map((event) => event.status)).toEqual(['queued', 'retrieving', steps[name]!.to]);
    }
  });
});

async function expectNothingOf(step: Step, found: { status: QueryStatus; attempt: number }): Promise<void> {
  const id = await insertQuery(state, { ...found, datasourceId });
  const before = await read(id);
  expect(await step.take(store, id)).toBe(false);
  expect(await read(id)).toEqual(before);
}

it('ends once when everything that can end it comes at once', async () => {
  for (let round = 0; round < 10; round += 1) {
    const id = await insertQuery(state, { status: 'executing', attempt: 2, datasourceId });
    const ends = ['storeAnswer', 'storeDefeat', 'fail', 'cancel', 'storeCorrection'];
    const moved = await Promise.all(ends.map((name) => steps[name]!.take(store, id)));
    // The correction is no end: what ends the query may still come after it.
    const [last] = (await read(id)).events.slice(-1);
    expect(finalStatuses).toContain(last?.status);
    expect(moved.filter((won, index) => won && ends[index] !== 'storeCorrection')).toHaveLength(1);
    const { rows } = await state.pool.query('select 1 from answer where query_id = $1', [id]);
    expect(rows).toHaveLength(last?.status === 'succeeded' ? 1 : 0);
  }
});

it('writes nothing of a step when a part of it cannot be written', async () => {
  const id = await insertQuery(state, { status: 'generating', attempt: 2, datasourceId });
  const before = await read(id);
  await expect(store.storeCandidates(id, { ...started, promptTokens: 2 ** 40 })).rejects.toThrow();
  expect(await read(id)).toEqual(before);
});

it('keeps cells as they were read', async () => {
  const id = await insertQuery(state, { status: 'executing', attempt: 2, datasourceId });
  const rows = [
    ['9223372036854775807', 1e308, 5e-324, -0.1, true, null],
    ['', ' \t\n', '\u{1F600}\u202Eשלום', '{"a":1}', '\\u0000', "'; drop table query; --"],
    ['\u0000', '\uD800', 'a\uFFFFb', '\u0007', '9007199254740993', 9007199254740991],
  ];
  const columns = ['__proto__', 'constructor', '__proto__', '', 'a"b', 'ünï'].map((name) => ({
    name,
    type: '',
  }));
  await store.storeAnswer(id, executed, executed.candidates[0]!, { columns, rows, truncated: 'bytes' });
  const { rows: stored } = await state.pool.query<{ columns: string; rows: string; truncated: string }>(
    'select columns, rows, truncated from answer where query_id = $1',
    [id],
  );
  expect(JSON.parse(stored[0]!.columns)).toEqual(columns);
  expect(JSON.parse(stored[0]!.rows)).toEqual(rows);
  expect(stored[0]!.truncated).toBe('bytes');
});

it('stores what a model wrote, whatever characters are in it', async () => {
  const id = await insertQuery(state, { status: 'generating', attempt: 2, datasourceId });
  const wild = 'SELECT \u0000 \uD800 \\u0000 \u{1F600} __proto__';
  const mended = 'SELECT \uFFFD \uFFFD \\u0000 \u{1F600} __proto__';
  const candidates = [
    { sql: wild, outcome: 'proposed' as const, error: { class: 'other' as const, message: wild } },
  ];
  expect(await store.storeCandidates(id, { ...started, model: wild, candidates })).toBe(true);
  const work = await new QueryReader(state.db).work(id);
  expect(work?.attempts[0]).toMatchObject({
    model: mended,
    candidates: [{ sql: mended, error: { message: mended } }],
  });
  const defeat = { ...executed, candidates };
  expect(await store.storeDefeat(id, defeat, { ...error, message: wild })).toBe(true);
  expect((await read(id)).query['error']).toEqual({ ...error, message: mended });
});

it('stores an answer whose SQL holds such characters', async () => {
  const id = await insertQuery(state, { status: 'executing', attempt: 2, datasourceId });
  const chosen = { sql: "SELECT '\u0000'", outcome: 'succeeded' as const };
  expect(await store.storeAnswer(id, { ...executed, candidates: [chosen] }, chosen, answer)).toBe(true);
  expect((await read(id)).query['chosen_sql']).toBe("SELECT '\uFFFD'");
});

async function read(id: string) {
  const query = await state.pool.query<Record<string, unknown>>('select * from query where id = $1', [id]);
  const events = await state.pool.query<{ id: number; status: string }>(
    'select id, status, attempt, data from query_event where query_id = $1 order by id',
    [id],
  );
  const attempts = await state.pool.query('select * from attempt where query_id = $1 order by number', [id]);
  return { query: query.rows[0]!, events: events.rows, attempts: attempts.rows };
}
