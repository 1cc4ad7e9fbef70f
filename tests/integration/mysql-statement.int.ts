import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Connection } from 'mysql2';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { mysqlOptions } from '#shared/databases/mysql-options';
import { ask, connectMysql } from '../../apps/executor/src/sandbox/mysql/mysql-connection.js';
import { loadMysqlServer } from '../../apps/executor/src/sandbox/mysql/mysql-server.js';
import { setup } from '../../apps/executor/src/sandbox/mysql/mysql-session.js';
import { MysqlStatement } from '../../apps/executor/src/sandbox/mysql/mysql-statement.js';
import { testServers } from '../support/servers.js';

const database = `statement_${process.pid}`;
const options = mysqlOptions(testServers().mariadbUrl ?? '');
const policy = accessPolicySchema.parse({ timeoutMs: 500 });
let administrator: Connection;

beforeAll(async () => {
  administrator = await connectMysql(options);
  await ask(administrator, `CREATE DATABASE ${database}`);
  await ask(administrator, `CREATE TABLE ${database}.orders(id int PRIMARY KEY) ENGINE = InnoDB`);
  await ask(administrator, `INSERT INTO ${database}.orders VALUES (1), (2)`);
});
afterAll(async () => {
  await ask(administrator, `DROP DATABASE ${database}`);
  administrator.destroy();
});

/** Without a guard before it, as the administrator. */
async function run(sql: string): Promise<string | number> {
  const connection = await connectMysql({ ...options, database });
  const server = await loadMysqlServer(connection);
  const statement = new MysqlStatement(connection, options, policy);
  try {
    return (await statement.run(setup(server, policy), sql, AbortSignal.timeout(20_000))).kind;
  } catch (error) {
    return (error as { errno: number }).errno;
  } finally {
    connection.destroy();
  }
}

describe('the transaction on MariaDB alone', () => {
  it.each([
    ['INSERT INTO orders VALUES (9)', 1792],
    ['DELETE FROM orders', 1792],
    ['UPDATE orders SET id = id + 1', 1792],
    ['CREATE TABLE mine(id int)', 1792],
    ['DROP TABLE orders', 1792],
    ['ALTER TABLE orders ADD more int', 1792],
    ['TRUNCATE TABLE orders', 1792],
    [`DROP DATABASE ${database}`, 1792],
    ['CREATE USER somebody', 1792],
    ["GRANT ALL ON *.* TO reader@'%'", 1792],
    ['SELECT 1; DELETE FROM orders', 1064],
    ['SELECT id FROM orders', 'rows'],
  ])('ends %s with %s', async (sql, end) => {
    expect(await run(sql)).toBe(end);
    expect(await ask(administrator, `SELECT id FROM ${database}.orders`)).toEqual([[1], [2]]);
  });

  it('stops a statement at its time', async () => {
    const started = performance.now();
    // The server returns from SLEEP as if it had ended; the sandbox looks at the time.
    expect(['rows', 'timeout', 1969]).toContain(await run('SELECT SLEEP(30)'));
    expect(await run('SELECT COUNT(*) FROM seq_1_to_100000 a, seq_1_to_100000 b')).not.toBe('rows');
    expect(performance.now() - started).toBeLessThan(6_000);
  });
});
