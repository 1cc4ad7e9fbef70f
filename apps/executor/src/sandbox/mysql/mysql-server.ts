import type { Connection } from 'mysql2';
import type { MysqlServerFacts } from '../../guard/mysql-relations.js';
import { ask } from './mysql-connection.js';

export interface MysqlServer {
  facts: MysqlServerFacts;
  isMariadb: boolean;
  /** Session settings that this server has, of those that bound a statement. */
  settings: ReadonlySet<string>;
}

const systemDatabases = ['information_schema', 'mysql', 'performance_schema', 'sys'];

export async function loadMysqlServer(connection: Connection): Promise<MysqlServer> {
  const version = String((await ask(connection, 'SELECT VERSION()'))[0]?.[0]);
  const variables = await ask(connection, 'SHOW SESSION VARIABLES');
  return {
    facts: await loadFacts(connection),
    isMariadb: /mariadb/i.test(version),
    settings: new Set(variables.map(([name]) => String(name).toLowerCase())),
  };
}

async function loadFacts(connection: Connection): Promise<MysqlServerFacts> {
  const lower = (value: unknown): string => String(value).toLowerCase();
  const database = lower((await ask(connection, 'SELECT DATABASE()'))[0]?.[0]);
  const databases = (await ask(connection, 'SHOW DATABASES')).map(([name]) => lower(name));
  const tables = await ask(
    connection,
    'SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  );
  const views = await ask(
    connection,
    'SELECT TABLE_NAME, VIEW_DEFINITION FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()',
  );
  const columns = await ask(
    connection,
    'SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()',
  );
  return {
    database,
    otherDatabases: new Set([...systemDatabases, ...databases].filter((name) => name !== database)),
    relations: new Set(tables.map(([name]) => lower(name))),
    columns: columnsByTable(columns.map(([table, column]) => [lower(table), String(column)])),
    views: new Map(views.map(([name, definition]) => [lower(name), namesIn(definition)])),
  };
}

function columnsByTable(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const byTable = new Map<string, string[]>();
  for (const [table, column] of pairs) byTable.set(table, [...(byTable.get(table) ?? []), column]);
  return byTable;
}

/** The server keeps definitions with every name in backticks. Empty where the role may not see it. */
function namesIn(definition: unknown): Set<string> | null {
  if (typeof definition !== 'string' || definition === '') return null;
  return new Set(
    [...definition.matchAll(/`((?:[^`]|``)+)`/g)].map(([, name = '']) =>
      name.replaceAll('``', '`').toLowerCase(),
    ),
  );
}
