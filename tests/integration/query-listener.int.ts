import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { QueryAborts } from '#shared/persistence/query.aborts';
import { type QueryChange, QueryListener } from '#shared/persistence/query.listener';
import { changeChannel, QueryNotifier } from '#shared/persistence/query.notifier';
import { until } from '../support/client.js';
import { createStateDatabase, type StateDatabase } from '../support/database.js';
import { insertDatasource, insertQuery, makeQueryStore } from '../support/queries.js';
import { testServers } from '../support/servers.js';

let state: StateDatabase;
let notifier: QueryNotifier;

beforeAll(async () => {
  state = await createStateDatabase(testServers().postgresUrl);
  notifier = new QueryNotifier(state.pool);
});
afterAll(() => state.drop());

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

it('delivers more changes than one notification holds, each once and in order', async () => {
  const changes: QueryChange[] = [];
  const listener = new QueryListener(state.url, changeChannel, (change) => changes.push(change));
  await listener.start();
  const sent = Array.from({ length: 500 }, (_, number) => ({
    id: idOf(number),
    status: 'retrieving' as const,
  }));
  for (const { id, status } of sent) notifier.changed(id, status);
  await until(5_000, 'all changes', async () => (changes.length >= sent.length ? true : undefined));
  expect(changes).toEqual(sent);
  await listener.close();
});

it('connects again after the server ended its connection, as often as it does', async () => {
  const changes: QueryChange[] = [];
  const listener = new QueryListener(state.url, changeChannel, (change) => changes.push(change));
  await listener.start();
  for (let round = 0; round < 3; round += 1) {
    expect(await endListeners()).toBe(1);
    await until(10_000, 'a change after the connection was lost', async () => {
      notifier.changed(idOf(round), 'generating');
      return changes.some((change) => change.id === idOf(round)) ? true : undefined;
    });
  }
  await listener.close();
  await until(5_000, 'the end of its connection', async () =>
    (await endListeners()) === 0 ? true : undefined,
  );
});

it('starts while the database is away', async () => {
  const listener = new QueryListener('postgres://nobody@127.0.0.1:1/none', changeChannel, () => undefined);
  await expect(listener.start()).resolves.toBeUndefined();
  await expect(listener.close()).resolves.toBeUndefined();
});

it('aborts what is watched of a cancelled query, and nothing else', async () => {
  const store = makeQueryStore(state);
  const aborts = new QueryAborts(state.url);
  await aborts.onModuleInit();
  const datasourceId = await insertDatasource(state);
  const [cancelled, other] = [
    await insertQuery(state, { datasourceId }),
    await insertQuery(state, { datasourceId }),
  ];
  const watched = [cancelled, cancelled, other].map((id) => aborts.watch(id));
  const released = aborts.watch(cancelled);
  released.release();
  await store.cancel(cancelled);
  await until(5_000, 'the abort', async () => (watched[1]!.signal.aborted ? true : undefined));
  expect(watched.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  expect(watched[0]!.signal.reason).toBe('cancelled');
  expect(released.signal.aborted).toBe(false);
  for (const { release } of watched) release();
  await aborts.onApplicationShutdown();
});

it('aborts at the deadline, however far away it is', async () => {
  const aborts = new QueryAborts(state.url);
  const past = aborts.watch(idOf(1));
  past.expireIn(-5);
  const far = aborts.watch(idOf(2));
  far.expireIn(2 ** 40);
  await until(2_000, 'the deadline', async () => (past.signal.aborted ? true : undefined));
  expect(past.signal.reason).toBe('deadline');
  expect(far.signal.aborted).toBe(false);
  for (const { release } of [past, far]) release();
});

/** Ends every connection that listens; tells how many there were. */
async function endListeners(): Promise<number> {
  const { rowCount } = await state.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'nano-analyst listener'`,
  );
  return rowCount ?? 0;
}
