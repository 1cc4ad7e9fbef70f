/**
 * `npm run fuzz -- --dialect sqlite --statements 100000 [--seed N] [--administrator]`: statements of a grammar through the
 * sandbox, with a reader's rights or an administrator's. Exits
 * with 1 if one wrote, showed the canary, brought the sandbox down or outlived its limit.
 */
import { parseArgs } from 'node:util';
import { DialectSandbox } from '../apps/executor/src/sandbox/dialect.sandbox.js';
import { fuzz } from './fuzz/fuzz.js';
import { safetyDialects } from './safety/subjects.js';

const { values: options } = parseArgs({
  options: {
    dialect: { type: 'string', default: 'sqlite' },
    statements: { type: 'string', default: '10000' },
    seed: { type: 'string' },
    administrator: { type: 'boolean', default: false },
  },
});
const dialect = safetyDialects.find((name) => name === options.dialect);
const statements = Number(options.statements);
if (!dialect || !Number.isInteger(statements) || statements < 1)
  throw new Error(`--dialect is one of ${safetyDialects.join(', ')}, --statements a number from 1`);
const first = Number(options.seed ?? Date.now() % 1_000_000_000);
/** Made at once, and forgotten before the next ones are made. */
const portion = 10_000;
const sandbox = new DialectSandbox();
let faults = 0;
for (let done = 0, seed = first; done < statements; done += portion, seed += 1) {
  const result = await fuzz(
    sandbox,
    dialect,
    Math.min(portion, statements - done),
    seed,
    options.administrator,
  );
  faults += result.faults.length;
  process.stdout.write(`${JSON.stringify({ ...result, faults: result.faults.slice(0, 20) })}\n`);
}
await sandbox.close();
process.stdout.write(`${statements} statements, ${faults} faults\n`);
process.exit(faults === 0 ? 0 : 1);
