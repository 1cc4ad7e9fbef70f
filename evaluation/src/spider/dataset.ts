import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';
import type { Question, QuestionSet } from '../questions/question-set.js';
import { readJson, readText } from '../questions/read-file.js';
import { readSchemas, type SpiderSchema } from './schema.js';

const questionSchema = z.object({ db_id: z.string(), question: z.string().default(''), query: z.string() });
/** SParC and CoSQL: dialogues of several turns. */
const dialogueSchema = z.object({
  database_id: z.string(),
  interaction: z.array(z.object({ utterance: z.string(), query: z.string() })),
});
const entriesSchema = z.union([z.array(questionSchema), z.array(dialogueSchema)]);

/**
 * A folder as Spider ships it: `dev.json`, `tables.json` and `database/<id>/*.sqlite`.
 * `questionsFile` may lie elsewhere, and may hold dialogues as SParC's does.
 */
export function readDataset(folder: string, questionsFile = join(folder, 'dev.json')): QuestionSet {
  const entries = entriesSchema.safeParse(readJson(questionsFile));
  if (!entries.success) {
    throw permanent('invalid_request', `${questionsFile}: ${z.prettifyError(entries.error)}`);
  }
  const tables = join(folder, 'tables.json');
  const schemas = existsSync(tables) ? readSchemas(readJson(tables)) : new Map<string, SpiderSchema>();
  const files = new Map<string, string[]>();
  return {
    questions: entries.data.flatMap(questionsOf).map((question, index) => ({ index, ...question })),
    schemas,
    databases: (dbId) => {
      const found = files.get(dbId) ?? databaseFiles(folder, dbId);
      files.set(dbId, found);
      return found;
    },
  };
}

function questionsOf(
  entry: z.infer<typeof questionSchema> | z.infer<typeof dialogueSchema>,
  interaction: number,
): Omit<Question, 'index'>[] {
  if ('db_id' in entry) return [{ dbId: entry.db_id, question: entry.question, gold: entry.query }];
  return entry.interaction.map(({ utterance, query }, turn) => ({
    dbId: entry.database_id,
    question: utterance,
    gold: query,
    interaction,
    turn,
  }));
}

/** Every database of a schema: one in Spider itself, hundreds in its test suites. The one named for the schema first. */
function databaseFiles(folder: string, dbId: string): string[] {
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
