import type { Connection } from 'mysql2';
import type { AccessPolicy } from '#shared/contracts/datasource';
import { ask } from './mysql-connection.js';
import type { MysqlServer } from './mysql-server.js';

const memoryBytes = 256 * 1024 * 1024;
/** GROUP_CONCAT is cut past this, with a warning that becomes an error. */
const longestGroupBytes = 8 * 1024 * 1024;
const mostRecursions = 1_000_000;

/** The guard's lexer rests on ANSI_QUOTES and on backslashes that escape. MariaDB knows no functional dependencies in GROUP BY. */
function sqlMode({ isMariadb }: MysqlServer): string {
  const modes = ['ANSI_QUOTES', 'PIPES_AS_CONCAT', 'STRICT_TRANS_TABLES', 'ERROR_FOR_DIVISION_BY_ZERO'];
  return (isMariadb ? modes : [...modes, 'ONLY_FULL_GROUP_BY']).join(',');
}

/** Statements that make the session harmless, those of one server that another lacks left out. */
export function setup(server: MysqlServer, { timeoutMs, maxRows }: AccessPolicy): string[] {
  const values: Record<string, string | number> = {
    // DROP TABLE commits the transaction first, and is then outside of it: what follows must be read-only as well.
    tx_read_only: 1,
    transaction_read_only: 1,
    sql_mode: `'${sqlMode(server)}'`,
    max_statement_time: timeoutMs / 1_000,
    max_execution_time: timeoutMs,
    max_session_mem_used: memoryBytes,
    max_recursive_iterations: mostRecursions,
    cte_max_recursion_depth: mostRecursions,
    group_concat_max_len: longestGroupBytes,
    lock_wait_timeout: 2,
    innodb_lock_wait_timeout: 2,
    // One more than will be read, so that what was cut is known.
    sql_select_limit: maxRows + 1,
    time_zone: "'+00:00'",
  };
  const known = Object.entries(values).filter(([name]) => server.settings.has(name));
  const sets = known.map(([name, value]) => `${name} = ${value}`).join(', ');
  return [`SET SESSION ${sets}`, 'START TRANSACTION READ ONLY'];
}

/** Whether the connection is as it was, and may be used again. */
export function rolledBack(connection: Connection): Promise<boolean> {
  return ask(connection, 'ROLLBACK').then(
    () => true,
    () => false,
  );
}
