import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onDatabase } from '../../tests/support/database.js';

/** Loads each script of a folder into a database of its own. @returns their URLs by name @throws where there is no script */
export async function loadAll(server: string, migrations: string): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  for (const file of readdirSync(migrations).filter((name) => /^[a-zA-Z].*\.sql$/.test(name))) {
    const name = file.replace('.sql', '');
    urls.set(name, await load(server, name, readFileSync(join(migrations, file), 'utf8')));
  }
  if (urls.size === 0) throw new Error(`${migrations} has no scripts.`);
  return urls;
}

/** Loads a script into a database of its own, statement by statement: some of its foreign keys fail. Returns its URL. */
async function load(server: string, name: string, script: string): Promise<string> {
  await onDatabase(server, (client) => client.query(`CREATE DATABASE "${name}"`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  const schema = await onDatabase(url.href, async (client) => {
    for (const statement of script.split(/;\s*\n/)) await client.query(statement).catch(() => null);
    const { rows } = await client.query<{ name: string }>(
      `SELECT nspname AS name FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' AND nspname NOT IN ('information_schema', 'public')`,
    );
    return rows[0]?.name ?? 'public';
  });
  await onDatabase(url.href, (client) =>
    client.query(`ALTER DATABASE "${name}" SET search_path = "${schema}", public`),
  );
  return url.href;
}
