import { parseArgs } from 'node:util';
import { describeError } from '#shared/errors/app-error';
import { scorePredictions } from './scoring/score-predictions.js';

const usage =
  'usage: --data DIR --predictions FILE --out DIR [--limit N] [--db ID] [--timeout MS] [--keep-distinct] [--compare-with DIR]';

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      predictions: { type: 'string' },
      out: { type: 'string' },
      limit: { type: 'string' },
      db: { type: 'string' },
      timeout: { type: 'string' },
      'keep-distinct': { type: 'boolean' },
      'compare-with': { type: 'string' },
    },
  });
  const { data, predictions, out } = values;
  if (!data || !predictions || !out) {
    console.error(usage);
    return 2;
  }
  const { metrics, elapsedMs } = await scorePredictions({
    data,
    predictions,
    out,
    ...(values.limit && { limit: Number(values.limit) }),
    ...(values.db && { db: values.db }),
    ...(values.timeout && { timeoutMs: Number(values.timeout) }),
    ...(values['compare-with'] && { compareWith: values['compare-with'] }),
    keepDistinct: values['keep-distinct'] ?? false,
    onProgress: (done, total) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done}/${total}${done === total ? '\n' : ''}`);
    },
  });
  console.log(
    `${metrics.questions} questions, EX ${(100 * metrics.ex).toFixed(2)} %, ${(elapsedMs / 1000).toFixed(1)} s`,
  );
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(describeError(error));
  return 1;
});
