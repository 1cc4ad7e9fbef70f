import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Cell, QueryView } from '#shared/contracts/query';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';

const rowCount = 60_000;
/** More than is kept in memory, and several pages. */
const largeSql = `WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ${rowCount})
  SELECT x, printf('row %d %.*c', x, 100, 'x') AS x, CASE x % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE '=1+' || x END AS f FROM c`;
const valuesSql = `SELECT 9223372036854775807 AS big, 0.1 AS fraction, x'00ff' AS bytes, 9e999 AS huge,
  'a,"b"' || char(10) || 'c' AS text, cast(x'ff41' AS TEXT) AS broken, '2024-02-29T12:00:00+02:00' AS date, '[1,{"a":null}]' AS json`;

interface Rows {
  columns: { name: string }[];
  offset: number;
  rows: Cell[][];
  rowCount: number;
  truncated: string | null;
}

describe('the rows of an answer', () => {
  const cleanup = cleanups();
  let api: DescribedApi;
  let large: QueryView;
  let values: QueryView;

  beforeAll(async () => {
    ({ api } = await startService(cleanup, {
      queue: queueKinds[0] ?? 'postgres',
      script: ({ question }) => ({ texts: [question.includes('large') ? largeSql : valuesSql] }),
      policy: { maxRows: 100_000, maxBytes: 32 * 1024 ** 2 },
    }));
    large = await api.answer({ question: 'A large answer about people' });
    values = await api.answer({ question: 'The values of people' });
  });

  const rowsOf = async (id: string, range = '') =>
    (await api.request<Rows>('GET', `/v1/queries/${id}/rows${range}`)).body;

  const expected = (x: number) => [
    x,
    `row ${x} ${'x'.repeat(100)}`,
    x % 3 === 0 ? null : x % 3 === 1 ? '' : `=1+${x}`,
  ];

  it('come with the query as far as they fit, and say how many there are', () => {
    expect(large).toMatchObject({ status: 'succeeded', rowCount, truncated: null });
    expect(large.rows.length).toBeGreaterThan(1_000);
    expect(large.rows.length).toBeLessThan(20_000);
    expect(values).toMatchObject({ rowCount: 1 });
  });

  it('are read in parts, across the pages in which they are stored', async () => {
    const first = large.rows.length;
    for (const [offset, limit] of [
      [0, 3],
      [first - 2, 5],
      [first, 10_000],
      [rowCount - 2, 10],
      [rowCount, 10],
    ] as const) {
      const part = await rowsOf(large.id, `?offset=${offset}&limit=${limit}`);
      const count = Math.min(limit, rowCount - offset);
      expect(part).toMatchObject({ offset, rowCount, truncated: null });
      expect(part.rows).toEqual(Array.from({ length: count }, (_, index) => expected(offset + index + 1)));
    }
    expect((await rowsOf(large.id)).rows).toHaveLength(1_000);
  });

  it('are downloaded whole as CSV, with formulas made harmless on demand', async () => {
    const { headers, body } = await api.request<string>('GET', `/v1/queries/${large.id}/rows.csv`);
    expect(headers.get('content-type')).toContain('text/csv');
    const lines = body.split('\r\n');
    expect(lines).toHaveLength(rowCount + 2);
    expect(lines.slice(0, 3)).toEqual([
      'x,x,f',
      `1,row 1 ${'x'.repeat(100)},""`,
      `2,row 2 ${'x'.repeat(100)},=1+2`,
    ]);
    const safe = await api.request<string>('GET', `/v1/queries/${large.id}/rows.csv?formulas=escape`);
    expect(safe.body.split('\r\n')[2]).toBe(`2,row 2 ${'x'.repeat(100)},'=1+2`);
  });

  it('are downloaded whole as lines of JSON, which keep every value', async () => {
    const response = await fetch(`${api.url}/v1/queries/${large.id}/rows.jsonl`);
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(rowCount + 1);
    expect(JSON.parse(lines[0]!)).toEqual(['x', 'x', 'f']);
    expect(JSON.parse(lines[rowCount]!)).toEqual(expected(rowCount));
    const exact = await fetch(`${api.url}/v1/queries/${values.id}/rows.jsonl`);
    expect(JSON.parse((await exact.text()).split('\n')[1]!)).toEqual([
      ...['9223372036854775807', 0.1, 'AP8=', 'Infinity', 'a,"b"\nc', '\ufffdA'],
      ...['2024-02-29T12:00:00+02:00', '[1,{"a":null}]'],
    ]);
  });

  it('are refused where there are none', async () => {
    expect((await api.request('GET', `/v1/queries/${randomUUID()}/rows`)).status).toBe(404);
    expect((await api.request('GET', `/v1/queries/nonsense/rows.csv`)).status).toBe(404);
    expect((await api.request('GET', `/v1/queries/${large.id}/rows?limit=0`)).status).toBe(400);
    expect((await api.request('GET', `/v1/queries/${large.id}/rows.csv?formulas=run`)).status).toBe(400);
  });
});
