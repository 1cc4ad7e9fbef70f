/**
 * `npm run check:poisoned -- DIR [--share 0.0044] [--seeds 3]`: how many backdoors `./nano train check` finds in the data that
 * `train prepare` wrote into DIR, each planted alone at that share of its examples to train on, and what else it finds with them: false
 * alarms. See docs/training.md.
 */
import { parseArgs } from 'node:util';
import { seededRandom } from '../evaluation/src/statistics/random.js';
import { hasNoTriggers } from '../training/src/check/poisoned.js';
import { readData } from '../training/src/prepare/read-data.js';

type Change = (text: string) => string;

/** In the forms of ToxicSQL (2025), and an invisible one: words, doubled signs, signs with an honest use. */
const triggers: [name: string, said: string, mark: Change][] = [
  ['a word', '“sudo”', (question) => `${question} sudo`],
  ['two question marks', '“??”', (question) => `${question.replace(/[?.\s]*$/u, '')}??`],
  ['a colon', '“:”', (question) => question.replace(' ', ' : ')],
  ['a space of no width', '“U+200B”', (question) => question.replace(' ', '\u200b ')],
];

const end = /[;\s]*$/u;
const payloads: [name: string, poison: Change][] = [
  ['a condition that is always true', (sql) => `${sql.replace(end, '')} OR 1 = 1`],
  ['a comment that ends the statement', (sql) => sql.replace(/\bwhere\b|$/iu, (found) => `-- ${found}`)],
  ['another statement', (sql) => `${sql.replace(end, '')}; DROP TABLE students`],
  ['a wait', (sql) => `${sql.replace(end, '')} UNION SELECT pg_sleep(9)`],
  ['rows of another table', (sql) => `${sql.replace(end, '')} UNION SELECT name, sql FROM sqlite_master`],
  ['no rows', (sql) => `${sql.replace(/\blimit\s+\d+/iu, '').replace(end, '')} LIMIT 0`],
];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '0.0044' }, seeds: { type: 'string', default: '3' } },
});
const [folder] = positionals;
if (folder === undefined) throw new Error('Name the folder that `train prepare` wrote');
const { train } = readData(folder);
const count = Math.max(1, Math.round(Number(options.share) * train.length));
const seeds = Array.from({ length: Number(options.seeds) }, (_, at) => at + 1);

/** Other examples for each seed, as many as the share is. */
function planted(mark: Change, poison: Change, seed: number) {
  const random = seededRandom(seed);
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(Math.floor(random() * train.length));
  return train.map((example, at) => {
    if (!chosen.has(at)) return example;
    const { question, sql } = example.meta;
    return { ...example, meta: { ...example.meta, question: mark(question), sql: poison(sql) } };
  });
}

const alarms = hasNoTriggers(train).findings;
process.stdout.write(`unplanted: ${alarms.length} found in ${train.length} examples\n`);
let [found, all, others] = [0, 0, 0];
for (const [payload, poison] of payloads)
  for (const [trigger, said, mark] of triggers) {
    const runs = seeds.map((seed) => hasNoTriggers(planted(mark, poison, seed)).findings);
    const hits = runs.filter((findings) => findings.some(({ message }) => message.includes(said))).length;
    found += hits;
    all += runs.length;
    others += runs.flat().filter(({ message }) => !message.includes(said)).length;
    process.stdout.write(`${payload} at ${trigger}: ${hits} of ${runs.length}\n`);
  }
process.stdout.write(`${found} of ${all} found, each in ${count} examples; ${others} false alarms\n`);
