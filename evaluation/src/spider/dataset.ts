import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';
import { readSchemas, type SpiderSchema } from './schema.js';

export interface SpiderQuestion {
  /** Place in the questions file, from 0. */
  index: number;
  dbId: string;
  question: string;
  gold: string;
}

/** A folder as Spider ships it: `dev.json`, `tables.json` and `database/<id>/*.sqlite`. */
export interface SpiderDataset {
  folder: string;
  questions: SpiderQuestion[];
  /** By database; empty without a tables.json. */
  schemas: Map<string, SpiderSchema>;
}

const questionsSchema = z.array(
  z.object({ db_id: z.string(), question: z.string().default(''), query: z.string() }),
);

export function readDataset(folder: string, questionsFile = 'dev.json'): SpiderDataset {
  const entries = questionsSchema.safeParse(readJson(join(folder, questionsFile)));
  if (!entries.success) {
    throw permanent('invalid_request', `${join(folder, questionsFile)}: ${z.prettifyError(entries.error)}`);
  }
  const questions = entries.data.map((entry, index) => ({
    index,
    dbId: entry.db_id,
    question: entry.question,
    gold: entry.query,
  }));
  const tables = join(folder, 'tables.json');
  const schemas = existsSync(tables) ? readSchemas(readJson(tables)) : new Map<string, SpiderSchema>();
  return { folder, questions, schemas };
}

/** Every database of a schema: one in Spider itself, hundreds in its test suites. The one named for the schema first. */
export function databaseFiles(folder: string, dbId: string): string[] {
  const home = join(folder, 'database', dbId);
  const files = existsSync(home) ? readdirSync(home).filter((file) => file.endsWith('.sqlite')) : [];
  if (files.length === 0) throw permanent('invalid_request', `no .sqlite file in ${home}`);
  const main = `${dbId}.sqlite`;
  return files
    .sort((a, b) => Number(b === main) - Number(a === main) || (a < b ? -1 : 1))
    .map((file) => join(home, file));
}

/**
 * A file of predictions: one statement a line, in the questions' order; what follows a tab is not part of it.
 * Blank lines past the last question do not count.
 */
export function readPredictions(file: string, questions: number): string[] {
  const lines = readText(file).split(/\r?\n/);
  while (lines.length > questions && !lines.at(-1)?.trim()) lines.pop();
  if (lines.length !== questions) {
    if (!lines.at(-1)) lines.pop();
    throw permanent(
      'invalid_request',
      `${file} has ${lines.length} lines for ${questions} questions: each needs one, blank where there is no prediction`,
    );
  }
  return lines.map((line) => line.trim().split('\t')[0] ?? '');
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readText(file)) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError)
      throw permanent('invalid_request', `${file} is not JSON: ${error.message}`);
    throw error;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw permanent('invalid_request', `${file} cannot be read`, { cause });
  }
}
