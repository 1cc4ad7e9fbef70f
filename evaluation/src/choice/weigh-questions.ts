import { DatabaseSync } from 'node:sqlite';
import type { Executed } from '../../../apps/executor/src/candidates/choice.js';
import { type Weighable, weighables } from '../../../apps/executor/src/candidates/features.js';
import { toCandidates } from '../../../apps/generator/src/extraction/to-candidates.js';
import { Repairer } from '../../../apps/generator/src/repair/repairer.js';
import { inferForeignKeys } from '../../../apps/retriever/src/introspection/inferred-keys.js';
import { introspectSqlite } from '../../../apps/retriever/src/introspection/sqlite.introspector.js';
import type { Candidate } from '#shared/contracts/attempt';
import type { Cell } from '#shared/contracts/query';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { Metrics } from '#shared/telemetry/metrics';
import { ComparisonPool } from '../execution/comparison-pool.js';
import type { Question, QuestionSet } from '../questions/question-set.js';
import { snapshotOf } from '../retrieval/spider-snapshots.js';
import { StatementScorer } from '../scoring/statement-scorer.js';

/** One candidate that ran; `own` are the replies that had its text. */
export interface WeighedCandidate extends Omit<Weighable, 'one'> {
  own: number[];
  correct: boolean;
}

/** One question with what the systems' statements came to. */
export interface WeighedQuestion {
  dbId: string;
  candidates: WeighedCandidate[];
}

const mostRows = 1_000;

/** Runs every system's statements as the service would, repair included, and scores each. */
export async function weighQuestions(
  set: QuestionSet,
  outputs: readonly (readonly string[])[],
  onDone: (done: number) => void,
): Promise<WeighedQuestion[]> {
  const pool = new ComparisonPool();
  const scorer = new StatementScorer(set, pool, { keepDistinct: false, plainValueIsOne: true });
  const repairer = new Repairer(new Metrics());
  const databases = new Map<string, OpenDatabase>();
  const weighed: WeighedQuestion[] = [];
  try {
    for (const question of set.questions) {
      const [file = ''] = set.databases(question.dbId);
      const database = databases.get(file) ?? open(file);
      databases.set(file, database);
      const proposed = toCandidates(outputs.map((lines) => lines[question.index] ?? ''));
      const candidates = await repairer.repairAll(proposed, database.snapshot);
      const executed = candidates.map((candidate) => execute(candidate, database.sqlite));
      weighed.push(await weighOne(question, executed, scorer));
      onDone(weighed.length);
    }
  } finally {
    repairer.onApplicationShutdown();
    pool.close();
    for (const { sqlite } of databases.values()) sqlite.close();
  }
  return weighed;
}

async function weighOne(
  question: Question,
  executed: readonly Executed[],
  scorer: StatementScorer,
): Promise<WeighedQuestion> {
  const candidates = await Promise.all(
    weighables(question.question, executed).map(async ({ one, ...weighed }) => ({
      ...weighed,
      own: one.candidate.sources ?? [],
      correct: (await scorer.score(question, one.candidate.sql)).score.correct,
    })),
  );
  return { dbId: question.dbId, candidates };
}

interface OpenDatabase {
  sqlite: DatabaseSync;
  snapshot: SchemaSnapshot;
}

function open(file: string): OpenDatabase {
  const sqlite = new DatabaseSync(file, { readOnly: true, enableDoubleQuotedStringLiterals: true });
  return { sqlite, snapshot: snapshotOf(inferForeignKeys(introspectSqlite(file, false))) };
}

function execute(candidate: Candidate, database: DatabaseSync): Executed {
  try {
    const statement = database.prepare(candidate.sql);
    statement.setReturnArrays(true);
    const columns = statement.columns().map(({ name }) => ({ name, type: '' }));
    const rows: Cell[][] = [];
    for (const row of statement.iterate() as Iterable<unknown> as Iterable<unknown[]>) {
      rows.push(row.map(portable));
      if (rows.length === mostRows) break;
    }
    return { candidate, result: { columns, rows, truncated: null } };
  } catch {
    return { candidate, result: null };
  }
}

function portable(cell: unknown): Cell {
  return cell instanceof Uint8Array ? Buffer.from(cell).toString('base64') : (cell as Cell);
}
