/**
 * `npm run bench:grammar -- --url http://127.0.0.1:8000/v1 --model base`: what holding a reply to a grammar costs on a vLLM server, in time to
 * the first token (the first request of a grammar has it compiled, later ones find it) and in time for each further token.
 */
import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import { sqlGrammar } from '../apps/generator/src/grammar/sql-grammar.js';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8000/v1' },
    model: { type: 'string', default: 'base' },
    rounds: { type: 'string', default: '10' },
  },
});
const rounds = Number(options.rounds);
const shapes: [tables: number, columns: number][] = [
  [4, 6],
  [10, 15],
  [20, 20],
  [40, 25],
];
const client = new OpenAI({ baseURL: options.url, apiKey: 'none', maxRetries: 0 });

/** Milliseconds. */
interface Timing {
  firstToken: number;
  perToken: number | null;
}

async function time(seed: number, grammar?: string): Promise<Timing> {
  const started = performance.now();
  const stream = await client.chat.completions.create({
    model: options.model,
    messages: [{ role: 'user', content: 'Question: How many?' }],
    max_completion_tokens: 200,
    temperature: 1,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- What vLLM calls it.
    seed,
    stream: true,
    stream_options: { include_usage: true },
    ...(grammar !== undefined && { structured_outputs: { grammar } }),
  });
  let first = 0;
  let last = 0;
  let tokens = 0;
  for await (const chunk of stream) {
    if (chunk.choices[0]?.delta.content) {
      last = performance.now();
      first ||= last;
    }
    tokens = chunk.usage?.completion_tokens ?? tokens;
  }
  return { firstToken: first - started, perToken: tokens > 20 ? (last - first) / (tokens - 1) : null };
}

async function timeAll(grammar?: string): Promise<{ cold: number; warm: number; perToken: number }> {
  const { firstToken: cold } = await time(0, grammar);
  const timings: Timing[] = [];
  for (let round = 1; round <= rounds; round += 1) timings.push(await time(round, grammar));
  return {
    cold,
    warm: median(timings.map(({ firstToken }) => firstToken)),
    perToken: median(timings.flatMap(({ perToken }) => perToken ?? [])),
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

await time(0);
const lines = [{ grammar: 'none', signs: 0, ...(await timeAll()) }];
for (const [tables, columns] of shapes) {
  // Names of each run are its own: the server keeps grammars that it has compiled.
  const run = Date.now().toString(36);
  const grammar = sqlGrammar(
    'postgres',
    Array.from({ length: tables }, (_, table) => ({
      name: `table_${run}_${table}`,
      columns: Array.from({ length: columns }, (_, column) => ({ name: `column_${table}_${column}` })),
    })),
  );
  if (grammar === null) throw new Error(`${tables} × ${columns} is past the limit.`);
  lines.push({ grammar: `${tables} × ${columns}`, signs: grammar.length, ...(await timeAll(grammar)) });
}
for (const { grammar, signs, cold, warm, perToken } of lines)
  console.log(
    `${grammar}: ${signs} signs, first token ${cold.toFixed(0)} ms at first, then ${warm.toFixed(0)} ms; ${perToken.toFixed(1)} ms a token`,
  );
