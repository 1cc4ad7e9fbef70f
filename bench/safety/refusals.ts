/**
 * `npm run check:refusals -- --spider FOLDER [--postgres FOLDER]`: gold statements of Spider that run without the guard,
 * through the guard and the sandbox. Exits with 1 if one of them is refused.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { accessPolicySchema, type Connection } from '#shared/contracts/datasource';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import { startPostgres } from '../../tests/support/postgres.js';
import { databaseFile, type GoldStatement, readGold } from './spider.js';

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
  const schemas = new Map<string, string>();
  for (const file of readdirSync(migrations).filter((name) => /^[a-zA-Z].*\.sql$/.test(name))) {
    const name = file.replace('.sql', '');
    schemas.set(name, await load(server.url, name, readFileSync(join(migrations, file), 'utf8')));
  }
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

/** Loads a script into a database of its own, statement by statement: some of its foreign keys fail. Returns its URL. */
async function load(server: string, name: string, script: string): Promise<string> {
  await withClient(server, (client) => client.query(`CREATE DATABASE "${name}"`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  const schema = await withClient(url.href, async (client) => {
    for (const statement of script.split(/;\s*\n/)) await client.query(statement).catch(() => null);
    const { rows } = await client.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' AND nspname NOT IN ('information_schema', 'public')`,
    );
    return rows[0]?.name ?? 'public';
  });
  await withClient(url.href, (client) =>
    client.query(`ALTER DATABASE "${name}" SET search_path = "${schema}", public`),
  );
  return url.href;
}

async function runsBarePostgres(url: string, sql: string): Promise<boolean> {
  return withClient(url, (client) =>
    client.query(sql).then(
      () => true,
      () => false,
    ),
  );
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

await checkSqlite('dev_gold.sql');
await checkSqlite('train_gold.sql');
if (options.postgres !== undefined) await checkPostgres(options.postgres);
await sandbox.close();
process.stdout.write(`${refused} refused\n`);
process.exit(refused === 0 ? 0 : 1);
