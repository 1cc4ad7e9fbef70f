/**
 * `npm run bench:pipeline`: the whole service against bare BullMQ, on Redis and on PostgreSQL, on this machine.
 * See docs/performance.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, release, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startBareChain } from './bare/bare-chain.js';
import { provideRedis } from './machine/redis.js';
import { loaded, measureInTurns } from './measure.js';
import { type Comparison, compare, renderComparison, renderTargets } from './report.js';
import { startService } from './service/service.js';
import { type Backend, backends } from './subject.js';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    backend: { type: 'string', multiple: true, default: [...backends] },
    profile: { type: 'string' },
  },
});

async function measure(backend: Backend): Promise<Comparison> {
  const profiles = (subject: string) => {
    if (options.profile === undefined) return null;
    const folder = resolve(options.profile, `${backend}-${subject}`);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  const bare = await startBareChain(backend, profiles('bare'));
  const service = await startService(backend, profiles('service'));
  const [ofBare, ofService] = await measureInTurns([bare, service]);
  await Promise.all([bare.close(), service.close()]);
  if (!ofBare || !ofService) throw new Error('Nothing was measured.');
  return compare(ofBare, ofService);
}

// An exit ends what was started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const machine = {
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 1_024 ** 3),
  kernel: release(),
  node: process.version,
  redis: provideRedis(),
  loadBefore: loadavg()[0],
};
const startedAt = new Date().toISOString();
const comparisons: Partial<Record<Backend, Comparison>> = {};
for (const backend of backends.filter((name) => options.backend.includes(name))) {
  process.stderr.write(`Measuring on ${backend} …\n`);
  const comparison = await measure(backend);
  comparisons[backend] = comparison;
  process.stdout.write(`${renderComparison(backend, comparison)}\n`);
  if (backend === 'redis') process.stdout.write(`${renderTargets(comparison)}\n`);
}
const result = { startedAt, machine, clients: loaded.clients, ...comparisons };
if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify(result, null, 2)}\n`);
process.exit(0);
