/**
 * `npm run check:grammar -- --data $SPIDER`: how many gold statements the grammar of their database allows, and how large the grammars are.
 * A statement that it does not allow is one that a constrained model could not write. `--show` prints those.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { NamedTable } from '../apps/generator/src/grammar/names.js';
import { sqlGrammar } from '../apps/generator/src/grammar/sql-grammar.js';
import { accepts } from '../apps/generator/src/grammar/test-support/accepts.js';
import { readGrammar } from '../apps/generator/src/grammar/test-support/gbnf.js';
import { canonicalSql } from './grammar/canonical-sql.js';

const databaseSchema = z.object({
  db_id: z.string(),
  table_names_original: z.array(z.string()),
  column_names_original: z.array(z.tuple([z.int(), z.string()])),
});
const questionSchema = z.object({ db_id: z.string(), query: z.string() });

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    questions: { type: 'string' },
    show: { type: 'boolean', default: false },
  },
});
if (options.data === undefined) throw new Error('Name the folder of the question set: --data FOLDER');

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function tablesOf(database: z.infer<typeof databaseSchema>): NamedTable[] {
  return database.table_names_original.map((name, number) => ({
    name,
    columns: database.column_names_original
      .filter(([table]) => table === number)
      .map(([, column]) => ({ name: column })),
  }));
}

const databases = new Map(
  readJson(join(options.data, 'tables.json'), z.array(databaseSchema)).map((database) => [
    database.db_id,
    tablesOf(database),
  ]),
);
const questions = readJson(options.questions ?? join(options.data, 'dev.json'), z.array(questionSchema));
const byDatabase = Map.groupBy(questions, (question) => question.db_id);
let allowed = 0;
const sizes: number[] = [];
for (const [database, asked] of byDatabase) {
  const tables = databases.get(database) ?? [];
  const text = sqlGrammar('sqlite', tables);
  if (text === null) continue;
  sizes.push(text.length);
  const grammar = readGrammar(text);
  for (const { query } of asked) {
    const sql = canonicalSql(query, tables);
    const { whole, furthest } = accepts(grammar, sql);
    if (whole) allowed += 1;
    else if (options.show) console.log(`${database}: ${sql.slice(0, furthest)} ⟂ ${sql.slice(furthest)}`);
  }
}
const share = ((100 * allowed) / questions.length).toFixed(1);
console.log(`allowed: ${allowed} of ${questions.length} (${share} %)`);
console.log(
  `grammars: ${Math.min(...sizes)} to ${Math.max(...sizes)} characters over ${sizes.length} databases`,
);
