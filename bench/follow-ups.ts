/**
 * `npm run check:followups -- --data SPIDER --dialogues SPARC`: how many questions of train_spider.json, which all stand alone, the
 * rule takes for follow-ups, and how many of the first and the later turns of dialogues.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { isFollowUp } from '../apps/retriever/src/conversation/follow-up.js';
import { spiderDatabaseSchema } from '../evaluation/src/retrieval/spider-snapshots.js';

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, dialogues: { type: 'string' } },
});
const { data, dialogues } = options;
if (data === undefined || dialogues === undefined)
  throw new Error('Name the folders: --data SPIDER --dialogues SPARC');

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

const databases = readJson(join(data, 'tables.json'), z.array(spiderDatabaseSchema));
const tables = new Map(databases.map(({ id, tables: names }) => [id, names]));
const alone = readJson(
  join(data, 'train_spider.json'),
  z.array(z.object({ db_id: z.string(), question: z.string() })),
);
const talks = readJson(
  join(dialogues, 'dev.json'),
  z.array(z.object({ database_id: z.string(), interaction: z.array(z.object({ utterance: z.string() })) })),
);

function tell(what: string, questions: readonly { database: string; question: string }[]): void {
  const taken = questions.filter(({ database, question }) =>
    isFollowUp(question, tables.get(database) ?? []),
  );
  const share = ((100 * taken.length) / questions.length).toFixed(1);
  process.stdout.write(`${what}: ${taken.length} of ${questions.length} taken for follow-ups (${share} %)\n`);
}

const turns = talks.flatMap(({ database_id: database, interaction }) =>
  interaction.map(({ utterance }, at) => ({ database, question: utterance, at })),
);
tell(
  'train questions',
  alone.map(({ db_id: database, question }) => ({ database, question })),
);
tell(
  'first turns',
  turns.filter(({ at }) => at === 0),
);
tell(
  'later turns',
  turns.filter(({ at }) => at > 0),
);
