import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { CliConfig } from '../config.js';
import { homeOf, prepareHome } from '../embedded/home.js';
import { postgresAccount } from '../embedded/postgres-account.js';
import { providePostgres } from '../embedded/postgres-binaries.js';
import { choosePlace } from '../embedded/postgres-place.js';
import { bareEnvironment } from '../embedded/postmaster.js';
import { attempt, fail, ok, warn, type Check } from './check.js';

const leastNode = [24, 15] as const;
const lowDiskBytes = 1024 ** 3;
const leastDiskBytes = 200 * 1024 ** 2;

export function checkNode(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  const detail = `${version} for ${process.platform}-${process.arch}`;
  return isEnough
    ? ok('node', detail)
    : fail('node', detail, 'Start through ./nano, which brings its own Node.js.');
}

export function checkDependencies(): Promise<Check> {
  return attempt('dependencies', 'Remove node_modules and run ./nano again.', async () => {
    const { default: Database } = await import('better-sqlite3');
    const database = new Database(':memory:');
    const version = database.prepare('select sqlite_version()').pluck().get() as string;
    database.close();
    return ok('dependencies', `native modules load, SQLite ${version}`);
  });
}

export function checkHome({ home }: CliConfig): Promise<Check> {
  return attempt('disk', 'Set NANO_HOME to a folder of your own.', async () => {
    prepareHome(homeOf(home));
    const { bavail, bsize } = await statfs(home);
    const free = bavail * bsize;
    const detail = `${(free / 1024 ** 3).toFixed(1)} GiB free at ${home}`;
    if (free < leastDiskBytes) return fail('disk', detail, 'Free some space, or move NANO_HOME.');
    return free < lowDiskBytes ? warn('disk', detail, 'Free some space soon.') : ok('disk', detail);
  });
}

export function checkPostgres(config: CliConfig): Promise<Check> {
  return attempt('postgresql', 'Set DATABASE_URL to a PostgreSQL of your own.', async () => {
    if (config.databaseUrl !== undefined) {
      return ok('postgresql', `DATABASE_URL: ${new URL(config.databaseUrl).host}`);
    }
    const account = postgresAccount();
    const place = choosePlace(homeOf(config.home), account);
    const { postgres } = providePostgres(place, account);
    const { stdout } = await promisify(execFile)(postgres, ['--version'], {
      cwd: '/',
      env: bareEnvironment,
      ...account,
    });
    return ok(
      'postgresql',
      `embedded, ${stdout.trim()}, in ${place}${account ? ` as uid ${account.uid}` : ''}`,
    );
  });
}
