/**
 * `npm run check:tracebacks -- --spider FOLDER --predictions FOLDER`: recorded predictions of published systems through
 * the sandbox; counts the classes of those that fail. Exits with 1 if more than 2 % of them are `other`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import { databaseFile, readGold } from './spider.js';

const mostOther = 0.02;
const { values: options } = parseArgs({
  options: { spider: { type: 'string' }, predictions: { type: 'string' } },
});
const { spider, predictions } = options;
if (spider === undefined || predictions === undefined) throw new Error('Name --spider and --predictions.');
const gold = readGold(join(spider, 'dev_gold.sql'));
const seen = new Set<string>();
const classes: Record<string, number> = {};
const sandbox = new DialectSandbox();
const policy = accessPolicySchema.parse({ timeoutMs: 10_000 });

async function classify(sql: string, database: string): Promise<void> {
  const file = databaseFile(spider ?? '', database);
  const key = `${database}\t${sql}`;
  if (file === undefined || seen.has(key)) return;
  seen.add(key);
  const target = { datasourceId: database, connection: { dialect: 'sqlite', file } as const, policy };
  const outcome = await sandbox.run(target, sql, AbortSignal.timeout(60_000));
  if (outcome.kind === 'rows') return;
  const kind = outcome.traceback.class;
  classes[kind] = (classes[kind] ?? 0) + 1;
  if (kind === 'other') process.stdout.write(`${database}: ${outcome.traceback.message}\n    ${sql}\n`);
}

for (const system of readdirSync(predictions, { withFileTypes: true }).filter((entry) =>
  entry.isDirectory(),
)) {
  const lines = readFileSync(join(predictions, system.name, 'pred.sql'), 'utf8').split('\n');
  for (const [index, { database }] of gold.entries()) {
    const sql = lines[index]?.replace(/\t[^\t]*$/, '') ?? '';
    if (sql.trim() !== '') await classify(sql, database);
  }
}
await sandbox.close();
const failed = Object.values(classes).reduce((sum, count) => sum + count, 0);
const named = 1 - (classes['other'] ?? 0) / failed;
process.stdout.write(
  `${seen.size} different predictions, ${failed} fail: ${JSON.stringify(classes)}\n` +
    `${(named * 100).toFixed(2)} % of the failing ones have a class of their own\n`,
);
process.exit(named >= 1 - mostOther ? 0 : 1);
