/**
 * `npm run bench:generator`: what the generator costs a query beside the model's own time, against a model server that
 * replies at once. Queries go one by one, so that none waits for another. See docs/performance.md.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { quantilesOf } from '../evaluation/src/statistics/quantiles.js';
import { openService } from './service/service.js';

const { values: options } = parseArgs({
  options: { queries: { type: 'string', default: '500' }, warmup: { type: 'string', default: '100' } },
});

// An exit ends what was started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const service = await openService('postgres', null);
const generate: number[] = [];
for (let query = 0; query < Number(options.warmup) + Number(options.queries); query += 1) {
  const { timings } = await service.ask();
  if (query >= Number(options.warmup)) generate.push(timings.generate);
}
await service.close();
const machine = { cores: availableParallelism(), node: process.version, load: loadavg()[0] };
process.stdout.write(
  `${JSON.stringify({ queries: generate.length, milliseconds: quantilesOf(generate), machine })}\n`,
);
process.exit(0);
