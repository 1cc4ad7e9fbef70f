import pg from 'pg';
import Cursor from 'pg-cursor';
import type { ComparedCell } from '#shared/results/cell-identities';
import { resultsEqual } from '#shared/results/results-equal';
import type { Comparison, ComparisonFailure, StatementComparer, Verdict } from './comparison.js';
import { defaultTimeoutMs } from './comparison-pool.js';
import { previewOf } from './preview.js';
import type { QueryResult } from './read-only-database.js';

const connections = 2;
const rowsReadAnyway = 10_000;
const mostGoldRows = 1_000_000;
const numberOids = new Set([20, 21, 23, 26, 700, 701, 1700]);
/** SQLSTATE classes and codes of what a server refuses before it runs, and of the time limit. */
const refusedClass = '42';
const cancelledCode = '57014';

/** Compares statements on PostgreSQL databases, in transactions that only read. `databases` holds their URLs. */
export class PostgresComparer implements StatementComparer {
  private readonly pools = new Map<string, pg.Pool>();

  constructor(private readonly timeoutMs = defaultTimeoutMs) {}

  async compare({ databases, gold, predicted, ordered }: Comparison): Promise<Verdict> {
    const verdict: Verdict = { correct: false, valid: false, executes: false, goldMs: 0, predictedMs: 0 };
    for (const url of databases) {
      const expected = await this.run(url, gold, mostGoldRows);
      verdict.goldMs += expected.elapsedMs;
      if ('failure' in expected) {
        const message = `the gold statement fails: ${expected.failure.message}`;
        return { ...verdict, failure: { kind: 'gold', message } };
      }
      const limit = Math.max(expected.result.rows.length, rowsReadAnyway) + 1;
      const actual = await this.run(url, predicted, limit);
      verdict.predictedMs += actual.elapsedMs;
      if ('failure' in actual)
        return {
          ...verdict,
          valid: actual.failure.kind !== 'invalid',
          executes: false,
          failure: actual.failure,
        };
      Object.assign(verdict, { valid: true, executes: true });
      if (!resultsEqual(expected.result.rows, actual.result.rows, { ordered })) {
        return {
          ...verdict,
          results: { gold: previewOf(expected.result), predicted: previewOf(actual.result) },
        };
      }
    }
    return { ...verdict, correct: true };
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
  }

  private async run(url: string, sql: string, limit: number): Promise<Ran> {
    const client = await this.pool(url).connect();
    const from = performance.now();
    try {
      await client.query('BEGIN READ ONLY');
      const cursor = client.query(new Cursor<ComparedCell[]>(sql, [], { rowMode: 'array', types }));
      const result = await readRows(cursor, limit);
      await cursor.close();
      return { result, elapsedMs: performance.now() - from };
    } catch (error) {
      return { failure: failureOf(error), elapsedMs: performance.now() - from };
    } finally {
      await client.query('ROLLBACK').catch(() => undefined);
      client.release();
    }
  }

  private pool(url: string): pg.Pool {
    const pool =
      this.pools.get(url) ??
      new pg.Pool({ connectionString: url, max: connections, statement_timeout: this.timeoutMs });
    this.pools.set(url, pool);
    return pool;
  }
}

type Ran = ({ result: QueryResult } | { failure: ComparisonFailure }) & { elapsedMs: number };

/** Numbers as numbers, so that 1 and 1.0 are equal as they are on SQLite; all else as the server writes it. */
const types = {
  getTypeParser: (oid: number) => (text: string) => (numberOids.has(oid) ? Number(text) : text),
};

function readRows(cursor: Cursor<ComparedCell[]>, limit: number): Promise<QueryResult> {
  return new Promise((resolve, reject) => {
    cursor.read(limit, (error, rows, result) => {
      if (error) return reject(error);
      resolve({ columns: result.fields.map(({ name }) => name), rows, complete: rows.length < limit });
    });
  });
}

function failureOf(error: unknown): ComparisonFailure {
  const { code = '', message } = error as { code?: string; message: string };
  if (code === cancelledCode) return { kind: 'timeout', message };
  return { kind: code.startsWith(refusedClass) ? 'invalid' : 'failed', message };
}
