/**
 * `npm run check:refusals -- --spider FOLDER [--postgres FOLDER]`: gold statements of Spider that run without the guard,
 * through the guard and the sandbox. Exits with 1 if one of them is refused.
 */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { accessPolicySchema, type Connection } from '#shared/contracts/datasource';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import { startPostgres } from '../../tests/support/postgres.js';
import { databaseFile, type GoldStatement, readGold } from './spider.js';
import { loadAll } from './spider-postgres.js';
import { onDatabase } from '../../tests/support/database.js';

const { values: options } = parseArgs({
  options: { spider: { type: 'string' }, postgres: { type: 'string' } },
});
const spider = options.spider;
if (spider === undefined) throw new Error('Name the folder of Spider: --spider FOLDER');
const sandbox = new DialectSandbox();
const policy = accessPolicySchema.parse({ maxRows: 100_000, maxBytes: 64 * 1024 ** 2, timeoutMs: 60_000 });
let refused = 0;

/** Sends it through the sandbox; one that does not give rows there is printed. */
async function check(
  name: string,
  { sql, database }: GoldStatement,
  connection: Connection,
  allowTables?: string[],
): Promise<void> {
  const target = {
    datasourceId: database,
    connection,
    policy: { ...policy, ...(allowTables && { allowTables }) },
  };
  const outcome = await sandbox.run(target, sql, AbortSignal.timeout(120_000));
  if (outcome.kind === 'rows') return;
  refused += 1;
  process.stdout.write(`${name} ${database}: ${outcome.traceback.message}\n    ${sql}\n`);
}

async function checkSqlite(name: string): Promise<void> {
  let run = 0;
  for (const gold of readGold(join(spider ?? '', name))) {
    const file = databaseFile(spider ?? '', gold.database);
    if (file === undefined || !runsBare(file, gold.sql)) continue;
    run += 1;
    await check(name, gold, { dialect: 'sqlite', file }, tablesOf(file));
  }
  process.stdout.write(`${name}: ${run} statements run on SQLite without the guard\n`);
}

/** All of them, as an allow-list: with one, the program of every statement is checked as well. */
function tablesOf(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").all();
    return rows.map((row) => String(row['name'])).filter((name) => !name.startsWith('sqlite_'));
  } finally {
    database.close();
  }
}

/** In the way that SQLite has by default, with "x" as a string where no column is of that name. */
function runsBare(file: string, sql: string): boolean {
  const database = new DatabaseSync(file, { readOnly: true, enableDoubleQuotedStringLiterals: true });
  try {
    database.prepare(sql).get();
    return true;
  } catch {
    return false;
  } finally {
    database.close();
  }
}

async function checkPostgres(migrations: string): Promise<void> {
  const server = await startPostgres();
  const schemas = await loadAll(server.url, migrations);
  let run = 0;
  for (const gold of readGold(join(spider ?? '', 'dev_gold.sql'))) {
    const url = schemas.get(gold.database);
    if (url === undefined || !(await runsBarePostgres(url, gold.sql))) continue;
    run += 1;
    await check('PostgreSQL', gold, { dialect: 'postgres', url });
  }
  process.stdout.write(`dev_gold.sql: ${run} statements run on PostgreSQL without the guard\n`);
  await sandbox.close();
  await server.stop();
}

async function runsBarePostgres(url: string, sql: string): Promise<boolean> {
  return onDatabase(url, (client) =>
    client.query(sql).then(
      () => true,
      () => false,
    ),
  );
}

await checkSqlite('dev_gold.sql');
await checkSqlite('train_gold.sql');
if (options.postgres !== undefined) await checkPostgres(options.postgres);
await sandbox.close();
process.stdout.write(`${refused} refused\n`);
process.exit(refused === 0 ? 0 : 1);
