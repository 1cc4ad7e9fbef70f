import { resultsEqual } from '#shared/results/results-equal';
import type { Comparison, ComparisonFailure, Verdict } from './comparison.js';
import { driverRefusal } from '../statement/official-form.js';
import { previewOf } from './preview.js';
import { ReadOnlyDatabase, readRows, type QueryResult } from './read-only-database.js';

/** A prediction with more rows than gold is wrong already; so many are still read, to be shown and for late errors. */
const rowsReadAnyway = 10_000;
const maxCachedRows = 1_000_000;
const maxOpenDatabases = 32;

/** Runs statements and compares their results, keeping databases open and gold results at hand. */
export class Comparer {
  private readonly databases = new Map<string, ReadOnlyDatabase>();
  private readonly goldResults = new Map<string, QueryResult>();
  private cachedRows = 0;

  /** `started` is called before each statement runs. */
  constructor(private readonly started: (statement: 'gold' | 'predicted') => void) {}

  compare(comparison: Comparison): Verdict {
    const verdict: Verdict = { correct: false, valid: false, executes: false, goldMs: 0, predictedMs: 0 };
    for (const file of comparison.databases) {
      const failure = this.compareOn(file, comparison, verdict);
      if (failure) return { ...verdict, executes: false, failure };
      if (verdict.results) return verdict;
    }
    return { ...verdict, correct: true };
  }

  /** Leaves `results` in the verdict where they differ. */
  private compareOn(file: string, comparison: Comparison, verdict: Verdict): ComparisonFailure | undefined {
    const refusal = driverRefusal(comparison.predicted);
    if (refusal) return { kind: 'invalid', message: refusal };
    const prepared = attempt(() => this.open(file).prepare(comparison.predicted));
    if (!prepared.ok) return { kind: 'invalid', message: prepared.message };
    verdict.valid = true;

    const gold = timed(() => attempt(() => this.goldResult(file, comparison.gold)));
    verdict.goldMs += gold.elapsedMs;
    if (!gold.value.ok) return { kind: 'gold', message: `the gold statement fails: ${gold.value.message}` };
    const expected = gold.value.value;

    this.started('predicted');
    const limit = Math.max(expected.rows.length, rowsReadAnyway) + 1;
    const predicted = timed(() => attempt(() => readRows(prepared.value, limit)));
    verdict.predictedMs += predicted.elapsedMs;
    if (!predicted.value.ok) return { kind: 'failed', message: predicted.value.message };
    verdict.executes = true;
    const actual = predicted.value.value;

    if (!resultsEqual(expected.rows, actual.rows, { ordered: comparison.ordered })) {
      verdict.results = { gold: previewOf(expected), predicted: previewOf(actual) };
    }
    return undefined;
  }

  private goldResult(file: string, sql: string): QueryResult {
    const key = `${file}\n${sql}`;
    const cached = this.goldResults.get(key);
    if (cached) return cached;
    this.started('gold');
    const result = readRows(this.open(file).prepare(sql), Number.POSITIVE_INFINITY);
    this.cachedRows += result.rows.length;
    if (this.cachedRows > maxCachedRows) {
      this.goldResults.clear();
      this.cachedRows = result.rows.length;
    }
    this.goldResults.set(key, result);
    return result;
  }

  private open(file: string): ReadOnlyDatabase {
    const known = this.databases.get(file);
    if (known) return known;
    const [oldest] = this.databases;
    if (oldest && this.databases.size >= maxOpenDatabases) {
      oldest[1].close();
      this.databases.delete(oldest[0]);
    }
    const database = new ReadOnlyDatabase(file);
    this.databases.set(file, database);
    return database;
  }
}

type Attempted<Value> = { ok: true; value: Value } | { ok: false; message: string };

function attempt<Value>(run: () => Value): Attempted<Value> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function timed<Value>(run: () => Value): { value: Value; elapsedMs: number } {
  const from = performance.now();
  return { value: run(), elapsedMs: performance.now() - from };
}
