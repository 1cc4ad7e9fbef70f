// Makes the secrets of the Compose file where there are none yet. Usage: node deploy/docker/secrets.mjs [FOLDER]
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.argv[2] ?? fileURLToPath(new URL('secrets', import.meta.url));
mkdirSync(folder, { recursive: true });
// The containers' users read the files; nobody else on the machine gets into the folder.
chmodSync(folder, 0o700);

const word = () => randomBytes(24).toString('base64url');
const postgres = keep('postgres_password', word);
const redis = keep('redis_auth', () => `requirepass ${word()}`).replace(/^requirepass /, '');
keep('database_url', () => `postgres://nano:${postgres}@postgres:5432/nano`);
keep('queue_url', () => `redis://:${redis}@redis:6379`);
keep('master_key', () => randomBytes(32).toString('base64'));
keep('api_keys', word);
keep('metrics_key', word);
keep('grafana_password', word);
// None, until the key is rotated.
keep('master_key_previous', () => '');
// Nobody, until somebody is written down: `ada:` and a key.
keep('operator_keys', () => '');

/** The secret as it stands, or a new one: what PostgreSQL and stored connections know must not change. */
function keep(name, make) {
  const file = join(folder, name);
  if (!existsSync(file)) {
    writeFileSync(file, `${make()}\n`, { mode: 0o444 });
    console.log(`made ${file}`);
  }
  return readFileSync(file, 'utf8').trim();
}
