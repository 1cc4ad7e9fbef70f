import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { permanent } from '#shared/errors/app-error';
import { readJson } from '../questions/read-file.js';
import { goldTables } from './gold-tables.js';
import { spiderDatabaseSchema, tablesOf } from './spider-snapshots.js';

const questionSchema = z
  .object({
    db_id: z.string(),
    question: z.string(),
    query: z.string().optional(),
    SQL: z.string().optional(),
    sql: z.unknown().optional(),
  })
  // Spider has a parsed statement as `sql`.
  .transform(({ db_id, question, query, SQL, sql }) => ({
    database: db_id.toLowerCase(),
    question,
    sql: query ?? SQL ?? (typeof sql === 'string' ? sql : ''),
  }));

export interface RetrievalQuestion {
  question: string;
  /** Index of the schema that it is asked of. */
  schema: number;
  /** Names of the tables that its statement reads, as the schema has them. */
  gold: Set<string>;
}

/** What is left out of a set, and why. */
export interface LeftOut {
  /** Databases that cannot be read or come twice. */
  databases: number;
  /** Questions without a text or a database. */
  malformed: number;
  /** Questions whose database is not there. */
  noDatabase: number;
  /** Questions whose statement no parser understands. */
  unreadable: number;
  /** Questions whose statement reads no table of its database. */
  noTables: number;
}

export interface RetrievalSet {
  schemas: { name: string; tables: TableSnapshot[] }[];
  questions: RetrievalQuestion[];
  leftOut: LeftOut;
}

interface Schema {
  index: number;
  /** What statements call its tables, in lower case, to their names. */
  names: ReadonlyMap<string, string>;
}

/**
 * Spider's or BIRD's description of databases and questions: a schema for each database that is asked about, or one of all
 * databases, whose tables then carry the database's name as their schema.
 * @throws AppError `invalid_request` naming the file
 */
export async function readRetrievalSet(
  folder: string,
  questionsFile: string | undefined,
  pooled: boolean,
): Promise<RetrievalSet> {
  const tablesFile = fileIn(folder, [
    'tables.json',
    'dev_tables.json',
    'test_tables.json',
    'train_tables.json',
  ]);
  const read = readEach(spiderDatabaseSchema, tablesFile);
  const databases = new Map(
    read.entries.toReversed().map((database) => [database.id.toLowerCase(), database]),
  );
  const { entries, malformed } = readEach(
    questionSchema,
    questionsFile ?? fileIn(folder, ['dev.json', 'questions.json', 'test.json', 'train.json']),
  );
  const asked = new Set(entries.map(({ database }) => database));
  const schemas: RetrievalSet['schemas'] = pooled ? [{ name: 'pooled', tables: [] }] : [];
  const byDatabase = new Map<string, Schema>();
  for (const [id, database] of databases) {
    if (!pooled && !asked.has(id)) continue;
    const tables = tablesOf(database, pooled ? database.id : '');
    if (pooled) schemas[0]?.tables.push(...tables);
    else schemas.push({ name: database.id, tables });
    byDatabase.set(id, { index: schemas.length - 1, names: namesOf(tables, pooled ? database.id : '') });
  }
  const leftOut = { databases: read.malformed, malformed, noDatabase: 0, unreadable: 0, noTables: 0 };
  leftOut.databases += read.entries.length - databases.size;
  const questions: RetrievalQuestion[] = [];
  for (const { database, question, sql } of entries) {
    const schema = byDatabase.get(database);
    const gold = schema && (await goldTables(sql, schema.names));
    if (!schema) leftOut.noDatabase += 1;
    else if (!gold) leftOut.unreadable += 1;
    else if (gold.size === 0) leftOut.noTables += 1;
    else questions.push({ question, schema: schema.index, gold });
  }
  const [first] = entries;
  if (first && leftOut.noDatabase === entries.length)
    throw permanent(
      'invalid_request',
      `${tablesFile} has no database ${first.database}, nor any other that is asked about`,
    );
  return { schemas, questions, leftOut };
}

/** A table may be called by its whole name or, as statements mostly do, without what stands before its last dot. */
function namesOf(tables: readonly TableSnapshot[], schema: string): Map<string, string> {
  const names = tables.map(({ name }): [string, string] => [
    (schema ? name.slice(schema.length + 1) : name).toLowerCase(),
    name,
  ]);
  return new Map([
    ...names.map(([name, table]): [string, string] => [name.slice(name.lastIndexOf('.') + 1), table]),
    ...names,
  ]);
}

function fileIn(folder: string, names: readonly [string, ...string[]]): string {
  const files = names.map((name) => join(folder, name));
  const found = files.find(existsSync);
  if (found !== undefined) return found;
  const mend = names[0] === 'dev.json' ? ': name the file of the questions with --questions' : '';
  throw permanent('invalid_request', `${folder} has no ${names[0]}${mend}`);
}

/**
 * The entries of a list that are as they should be, and how many are not.
 * @throws AppError `invalid_request` where none is
 */
function readEach<T>(schema: z.ZodType<T>, file: string): { entries: T[]; malformed: number } {
  const list = z.array(z.unknown()).safeParse(readJson(file));
  if (!list.success) throw permanent('invalid_request', `${file}: ${z.prettifyError(list.error)}`);
  const parsed = list.data.map((entry) => schema.safeParse(entry));
  const entries = parsed.flatMap((entry) => (entry.success ? [entry.data] : []));
  const wrong = parsed.find((entry) => !entry.success);
  if (entries.length === 0 && wrong?.error)
    throw permanent('invalid_request', `${file}: ${z.prettifyError(wrong.error)}`);
  return { entries, malformed: parsed.length - entries.length };
}
