import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { permanent } from '#shared/errors/app-error';
import { readJson } from '../questions/read-file.js';
import { goldTables } from './gold-tables.js';
import { type SpiderDatabase, spiderDatabaseSchema, tablesOf } from './spider-snapshots.js';

const questionsSchema = z.array(
  z
    .object({
      db_id: z.string(),
      question: z.string(),
      query: z.string().optional(),
      SQL: z.string().optional(),
    })
    .transform(({ db_id, question, query, SQL }) => ({ dbId: db_id, question, sql: query ?? SQL ?? '' })),
);

export interface RetrievalQuestion {
  question: string;
  /** Index of the schema that it is asked of. */
  schema: number;
  /** Names of the tables that its statement reads, as the schema has them. */
  gold: Set<string>;
}

export interface RetrievalSet {
  schemas: { name: string; tables: TableSnapshot[] }[];
  questions: RetrievalQuestion[];
  /** Questions whose statement no parser understands, or reads no table of its database, or whose database is not there. */
  skipped: number;
}

/**
 * Spider's `tables.json` and questions: a schema for each database that is asked about, or one of all databases, whose
 * tables then carry the database's name as their schema.
 * @throws AppError `invalid_request` naming the file
 */
export async function readRetrievalSet(
  folder: string,
  questionsFile: string | undefined,
  pooled: boolean,
): Promise<RetrievalSet> {
  const databases = checked(z.array(spiderDatabaseSchema), join(folder, 'tables.json'));
  const entries = checked(questionsSchema, questionsFile ?? defaultQuestions(folder));
  const byId = new Map(databases.map((database) => [database.db_id, database]));
  const [first] = entries;
  if (first && !entries.some(({ dbId }) => byId.has(dbId)))
    throw permanent(
      'invalid_request',
      `tables.json has no database ${first.dbId}, nor any other that is asked about`,
    );
  const asked = databases.filter(({ db_id }) => entries.some(({ dbId }) => dbId === db_id));
  const schemas = pooled
    ? [{ name: 'pooled', tables: databases.flatMap((database) => tablesOf(database, database.db_id)) }]
    : asked.map((database) => ({ name: database.db_id, tables: tablesOf(database, '') }));
  const questions: RetrievalQuestion[] = [];
  for (const { dbId, question, sql } of entries) {
    const gold = await goldTables(sql, namesOf(byId.get(dbId), pooled));
    const schema = pooled ? 0 : asked.findIndex(({ db_id }) => db_id === dbId);
    if (gold && gold.size > 0 && schema >= 0) questions.push({ question, schema, gold });
  }
  return { schemas, questions, skipped: entries.length - questions.length };
}

/** A table may be called by its whole name or, as statements mostly do, without what stands before its last dot. */
function namesOf(database: SpiderDatabase | undefined, pooled: boolean): Map<string, string> {
  const names = (database?.table_names_original ?? []).map((name): [string, string] => [
    name.toLowerCase(),
    pooled ? `${database?.db_id}.${name}` : name,
  ]);
  return new Map([
    ...names.map(([name, table]): [string, string] => [name.slice(name.lastIndexOf('.') + 1), table]),
    ...names,
  ]);
}

function defaultQuestions(folder: string): string {
  const found = ['dev.json', 'questions.json', 'test.json']
    .map((name) => join(folder, name))
    .find(existsSync);
  if (found === undefined)
    throw permanent(
      'invalid_request',
      `${folder} has no dev.json: name the file of the questions with --questions`,
    );
  return found;
}

function checked<T>(schema: z.ZodType<T>, file: string): T {
  const parsed = schema.safeParse(readJson(file));
  if (!parsed.success) throw permanent('invalid_request', `${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
