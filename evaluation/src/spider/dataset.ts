import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';
import { outputLines, statementOf } from '#shared/model-server/output-lines';
import { readSqliteSchema } from '../execution/sqlite-schema.js';
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
  const questions = entries.data.flatMap(questionsOf).map((question, index) => ({ index, ...question }));
  const files = new Map<string, string[]>();
  const filesOf = (dbId: string) => {
    const found = files.get(dbId) ?? databaseFiles(folder, dbId);
    files.set(dbId, found);
    return found;
  };
  return {
    questions,
    schemas: schemasOf(folder, new Set(questions.map(({ dbId }) => dbId)), filesOf),
    databases: (dbId) => {
      const found = filesOf(dbId);
      if (found.length === 0)
        throw permanent('invalid_request', `no .sqlite file in ${join(folder, 'database', dbId)}`);
      return found;
    },
  };
}

/** From tables.json; of databases that it does not have, from the database itself. */
function schemasOf(
  folder: string,
  dbIds: ReadonlySet<string>,
  filesOf: (dbId: string) => string[],
): Map<string, SpiderSchema> {
  const tables = join(folder, 'tables.json');
  const schemas = existsSync(tables)
    ? readSchemas(readJson(tables), tables)
    : new Map<string, SpiderSchema>();
  for (const dbId of dbIds) {
    const [file] = filesOf(dbId);
    if (file !== undefined && !schemas.has(dbId)) schemas.set(dbId, readSqliteSchema(file));
  }
  return schemas;
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
  const main = `${dbId}.sqlite`;
  return files
    .sort((a, b) => Number(b === main) - Number(a === main) || (a < b ? -1 : 1))
    .map((file) => join(home, file));
}

/**
 * A file of predictions, one a line: for all questions of the set, or for the selected ones only. Gives those of the
 * selected ones.
 */
export function readPredictions(file: string, all: number, selected: readonly Question[]): string[] {
  const text = readText(file);
  const lines = outputLines(text, all);
  if (lines.length === all) return selected.map(({ index }) => statementOf(lines[index] ?? ''));
  const own = outputLines(text, selected.length);
  if (own.length === selected.length) return own.map(statementOf);
  if (!lines.at(-1)) lines.pop();
  throw permanent(
    'invalid_request',
    `${file} has ${lines.length} lines for ${all} questions: each needs one, blank where there is no prediction`,
  );
}
