import { beforeAll, describe, expect, it } from '@jest/globals';
import type { CheckView, CreateCheck } from '#shared/contracts/check';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { endlessSql, type SmallDatabase, slowSql } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

describe('checks of statements', () => {
  const cleanup = cleanups();
  let stack: Stack;
  let api: DescribedApi;
  let database: SmallDatabase;

  beforeAll(async () => {
    ({ api, stack, database } = await startService(cleanup, {
      queue: queueKinds[0] ?? 'postgres',
      copies: { generator: 0 },
      policy: { timeoutMs: 500, maxRows: 2, denyTables: ['city'] },
    }));
    await api.addSqlite('patient', database.file, { timeoutMs: 30_000 });
  });

  async function start(request: Partial<CreateCheck>): Promise<string> {
    const { status, body } = await api.request<CheckView>('POST', '/v1/checks', {
      datasource: 'small',
      statements: ['SELECT 1'],
      ...request,
    });
    expect(status).toBe(202);
    return body.id;
  }

  const look = async (id: string) => (await api.request<CheckView>('GET', `/v1/checks/${id}`)).body;

  const end = (id: string) =>
    until(60_000, `the end of the check ${id}`, async () => {
      const check = await look(id);
      return check.status === 'open' ? undefined : check;
    });

  it('tells what became of each, in order, by layer and class', async () => {
    const statements = [
      'SELECT name FROM person LIMIT 1',
      'DELETE FROM person',
      'SELECT * FROM city',
      endlessSql,
      'SELECT * FROM person',
      'SELECT nope FROM person',
      'SELECT 1\0; DROP TABLE person',
      "SELECT '\ud800'",
    ];
    const { results, ...check } = await end(await start({ statements }));
    expect(check).toMatchObject({ status: 'done', datasource: 'small', dryRun: false, statements: 8 });
    expect(results.map(({ number, outcome, layer, class: kind }) => [number, outcome, layer, kind])).toEqual([
      [1, 'allowed', null, null],
      [2, 'rejected', 'guard', 'policy'],
      [3, 'rejected', 'engine', 'policy'],
      [4, 'limited', 'limit', 'timeout'],
      [5, 'limited', 'limit', 'too_large'],
      [6, 'error', 'engine', 'unknown_column'],
      [7, 'rejected', 'guard', 'syntax'],
      [8, 'rejected', 'guard', 'syntax'],
    ]);
  });

  it('validates without running', async () => {
    const statements = [endlessSql, 'SELECT * FROM city'];
    const { results } = await end(await start({ statements, dryRun: true }));
    expect(results.map(({ outcome }) => outcome)).toEqual(['allowed', 'rejected']);
    expect(results[0]?.elapsedMs).toBeLessThan(500);
  });

  it('goes on where an executor was killed', async () => {
    const id = await start({
      datasource: 'patient',
      statements: Array.from({ length: 60 }, () => slowSql),
    });
    await until(30_000, 'a verdict', async () => (await look(id)).results[0]);
    await stack.all('executor')[0]?.restart('SIGKILL');
    const check = await end(id);
    expect(check.status).toBe('done');
    expect(check.results.map(({ outcome }) => outcome)).toEqual(Array(60).fill('allowed'));
  });

  it('ends although its job is lost', async () => {
    const [executor] = stack.all('executor');
    await executor?.end('SIGTERM');
    const id = await start({});
    // As if another had worked on it: the job that waits is not the one that the state asks for.
    await stack.sql('update statement_check set part = 7 where id = $1', [id]);
    await executor?.start();
    expect(await end(id)).toMatchObject({ status: 'done', results: [{ outcome: 'allowed' }] });
  });

  it('stops when it is cancelled, and stays so', async () => {
    const id = await start({ statements: Array.from({ length: 100 }, () => endlessSql) });
    const { body } = await api.request<CheckView>('DELETE', `/v1/checks/${id}`);
    expect(body.status).toBe('cancelled');
    const { results } = await look(id);
    expect(results.length).toBeLessThan(100);
    expect((await end(id)).status).toBe('cancelled');
  });

  it('fails when its datasource is removed', async () => {
    await api.addSqlite('gone', database.file);
    const [executor] = stack.all('executor');
    await executor?.end('SIGTERM');
    const id = await start({ datasource: 'gone' });
    await api.request('DELETE', '/v1/datasources/gone');
    await executor?.start();
    expect(await end(id)).toMatchObject({ status: 'failed', error: { code: 'datasource_removed' } });
  });

  it('refuses what is no check', async () => {
    const post = (body: object) => api.request<{ code: string }>('POST', '/v1/checks', body);
    expect(await post({ datasource: 'nope', statements: ['SELECT 1'] })).toMatchObject({ status: 404 });
    expect(await post({ datasource: 'small', statements: [] })).toMatchObject({ status: 400 });
    expect(await api.request('GET', '/v1/checks/nope')).toMatchObject({ status: 404 });
  });
});
