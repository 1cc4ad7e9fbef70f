/**
 * `npm run bench:executor`: what the sandbox of SQLite costs, how fast it replaces a killed process, and how much one
 * datasource can hurt another, on this machine. See docs/performance.md.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, release } from 'node:os';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { DialectSandbox } from '../apps/executor/src/sandbox/dialect.sandbox.js';
import type { Target } from '../apps/executor/src/sandbox/sandbox.js';
import { makeDatabase, rowCount } from './executor/databases.js';
import { measureFlood, measureReplacement } from './executor/isolation.js';
import { measureOverhead, type Overhead } from './executor/overhead.js';

/** To reach: docs/performance.md says where they come from. */
const targets = { oneRow: 3, manyRows: 1.5, replacementMs: 100, flood: 3 };

const { values: options } = parseArgs({ options: { out: { type: 'string' } } });
const database = makeDatabase();
const sandbox = new DialectSandbox();
const policy = accessPolicySchema.parse({ maxRows: rowCount, allowTables: ['customer'] });
const target = (datasourceId: string): Target => ({
  datasourceId,
  connection: { dialect: 'sqlite', file: database.file },
  policy,
});

const { level } = await sandbox.isolationLevel();
const oneRow = 'SELECT name, total FROM customer WHERE id = 4711';
const one = await measureOverhead(sandbox, target('one'), database.file, oneRow, 1_000);
const many = await measureOverhead(sandbox, target('many'), database.file, 'SELECT * FROM customer', 80);
const replacement = await measureReplacement(sandbox, target('killed'), 20);
const flood = await measureFlood(sandbox, target('victim'), target('flooded'), 6_000);
await sandbox.close();
database.remove();

const machine = {
  cores: availableParallelism(),
  kernel: release(),
  node: process.version,
  isolation: level,
  load: loadavg()[0],
};
if (options.out !== undefined)
  writeFileSync(options.out, `${JSON.stringify({ machine, one, many, replacement, flood }, null, 2)}\n`);

const ms = (value: number): string => value.toFixed(2);
const table = new Table({
  head: ['ms, median', '1 row', `${rowCount} rows`],
  colAligns: ['left', 'right', 'right'],
  style: { head: [], border: [] },
});
const row = (name: string, of: (overhead: Overhead) => number) =>
  table.push([name, ms(of(one)), ms(of(many))]);
row('better-sqlite3 in process', ({ betterSqliteMs }) => betterSqliteMs);
row('round trip of a small message', ({ messageMs }) => messageMs);
row('round trip with the rows', ({ messageWithRowsMs }) => messageWithRowsMs);
row('sandbox', ({ sandboxMs }) => sandboxMs);
row('sandbox, every cell parsed', ({ sandboxParsedMs }) => sandboxParsedMs);
row('ratio', ({ ratio }) => ratio);
row('ratio, every cell parsed', ({ ratioParsed }) => ratioParsed);
const verdict = (name: string, value: number, most: number): string =>
  `${name}: ${ms(value)} (at most ${most}: ${value <= most ? 'met' : 'missed'})`;
process.stdout.write(
  [
    table.toString(),
    verdict('1 row, times better-sqlite3 and a round trip', one.ratio, targets.oneRow),
    verdict('10,000 rows, times the same', many.ratio, targets.manyRows),
    verdict('a killed process replaced, p50 in ms', replacement.p50Ms, targets.replacementMs),
    verdict('a killed process replaced, slowest in ms', replacement.maxMs, targets.replacementMs),
    verdict(
      `p99 of another datasource under a flood, ${ms(flood.flooded.p99Ms)} ms, by ${ms(flood.idle.p99Ms)} ms idle`,
      flood.ratio,
      targets.flood,
    ),
  ].join('\n') + '\n',
);
