import pg from 'pg';
import type { AsCaller } from '#shared/contracts/caller';
import { describeError, isAppError, permanent } from '#shared/errors/app-error';
import { checkCertificateFiles } from './certificate-files.js';
import type { CheckedConnection } from './checked-connection.js';
import { refusePrivileged } from './privileged-role.js';

const connectTimeoutMs = 5_000;
/** Relations named in a refusal. */
const mostNamed = 20;

/** Roles that PostgreSQL itself has, whose members write or reach the server's files and programs. */
const powerfulRoles = [
  ...['pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program'],
  'pg_maintain',
];

const roleSql = `
  SELECT r.rolname AS role, r.rolsuper AS "isSuperuser", r.rolbypassrls AS "bypassesPolicies", current_database() AS database,
    array(SELECT p.rolname::text FROM pg_roles p WHERE p.rolname = ANY ($1) AND pg_has_role(current_user, p.oid, 'member')) AS powers
  FROM pg_roles r WHERE r.rolname = current_user`;

const writableSql = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, format('%I', n.nspname) AS schema, pg_has_role(current_user, c.relowner, 'usage') AS owned
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND has_schema_privilege(n.oid, 'usage') AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
  ORDER BY 1 LIMIT ${mostNamed}`;

interface Role {
  role: string;
  isSuperuser: boolean;
  bypassesPolicies: boolean;
  database: string;
  powers: string[];
}
interface Writable {
  name: string;
  schema: string;
  owned: boolean;
}

export async function checkPostgres(
  url: string,
  allowPrivileged: boolean,
  asCaller?: AsCaller,
): Promise<CheckedConnection> {
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw permanent(
      'invalid_request',
      'connection.url: expected postgres://user:password@host:port/database',
    );
  await checkCertificateFiles(url);
  let client: pg.Client | undefined;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('select 1');
    if (!allowPrivileged) await checkRole(client, asCaller !== undefined);
    if (asCaller?.by === 'role') await checkCallersRoles(client, asCaller.roles, allowPrivileged);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw permanent('connection_failed', `The database refused the connection: ${describeError(error)}`, {
      cause: error,
    });
  } finally {
    await client?.end().catch(() => undefined);
  }
  const { hostname, port, pathname, username } = new URL(url);
  return {
    connection: { dialect: 'postgres', url },
    location: `postgres://${username}@${hostname}:${port || '5432'}${pathname}`,
  };
}

/** Statements run as these: each must be within reach of the connection's role, and can only read. */
async function checkCallersRoles(
  client: pg.Client,
  roles: Readonly<Record<string, string>>,
  allowPrivileged: boolean,
): Promise<void> {
  for (const role of new Set(Object.values(roles))) {
    const taken = client.query(`SET ROLE ${pg.escapeIdentifier(role)}`);
    await taken.catch((error: unknown) => {
      throw permanent('invalid_request', `policy.asCaller.roles: ${role}: ${describeError(error)}`, {
        cause: error,
      });
    });
    if (!allowPrivileged) await checkRole(client, true);
    await client.query('RESET ROLE');
  }
}

/** @param underPolicies whether row-level security is what keeps callers apart */
async function checkRole(client: pg.Client, underPolicies: boolean): Promise<void> {
  const [role] = (await client.query<Role>(roleSql, [powerfulRoles])).rows;
  if (!role) return;
  const writable = (await client.query<Writable>(writableSql)).rows;
  if (role.isSuperuser) refusePrivileged(`The role ${role.role} is a superuser.`, readerFor(role, writable));
  if (underPolicies && role.bypassesPolicies)
    refusePrivileged(`The role ${role.role} bypasses row-level security.`, [
      `ALTER ROLE ${pg.escapeIdentifier(role.role)} NOBYPASSRLS;`,
    ]);
  if (writable.some(({ owned }) => owned))
    refusePrivileged(`The role ${role.role} owns tables.`, readerFor(role, writable));
  const name = pg.escapeIdentifier(role.role);
  const [power] = role.powers;
  if (power !== undefined)
    refusePrivileged(
      `The role ${role.role} is a member of ${role.powers.join(', ')}.`,
      role.powers.map((granted) => `REVOKE ${granted} FROM ${name};`),
    );
  if (writable.length > 0)
    refusePrivileged(
      `The role ${role.role} may write to ${writable.map((table) => table.name).join(', ')}.`,
      writable.map((table) => `REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ${table.name} FROM ${name};`),
    );
}

/** A role of its own: nothing that is revoked makes a superuser or an owner harmless. */
function readerFor({ database }: Role, writable: readonly Writable[]): string[] {
  const schemas = [...new Set(['public', ...writable.map(({ schema }) => schema)])];
  return [
    `CREATE ROLE nano_reader LOGIN PASSWORD '…' NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS;`,
    `GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO nano_reader;`,
    ...schemas.flatMap((schema) => [
      `GRANT USAGE ON SCHEMA ${schema} TO nano_reader;`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO nano_reader;`,
    ]),
  ];
}
