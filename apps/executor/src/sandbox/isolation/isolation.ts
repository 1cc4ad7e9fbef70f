import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * What the host gives a sandbox process, weakest first.
 * `process`: it can be killed. `limits`: also bounded memory, and no file may grow.
 * `landlock`: also no file but its database can be read, nothing written, no network, no signals.
 */
export const isolationLevels = ['process', 'limits', 'landlock'] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

export interface Isolation {
  level: IsolationLevel;
  /** Why it is not better; empty at the best level. */
  missing: string;
  /** The command that starts `command` isolated, with those paths readable. */
  wrap(command: readonly string[], readable: readonly string[]): [string, ...string[]];
}

export function atLeast(level: IsolationLevel, required: IsolationLevel): boolean {
  return isolationLevels.indexOf(level) >= isolationLevels.indexOf(required);
}

/** Node itself needs 0.6 GB of data segment; what SQLite asks beyond this is refused by the kernel. */
const memoryBytes = 1024 ** 3;

const systemPaths = [
  ...['/lib', '/lib64', '/usr/lib', '/usr/lib64', '/etc/ld.so.cache', '/nix/store'],
  ...['/dev/null', '/dev/urandom', '/proc/meminfo', '/proc/self', '/sys/fs/cgroup'],
];
const programFolders = ['/usr/bin', '/bin', '/usr/local/bin', '/usr/sbin', '/sbin'];

function findProgram(name: string): string | undefined {
  return programFolders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/**
 * Finds the strongest isolation of the host. The launcher is the one that lies beside its source, as in an image; else it
 * is compiled once into `cacheFolder`, where there is a compiler.
 */
export async function detectIsolation(cacheFolder: string): Promise<Isolation> {
  const launcher = await buildLauncher(cacheFolder);
  if ('path' in launcher) return landlockIsolation(launcher.path);
  const prlimit = findProgram('prlimit');
  if (prlimit) return limitsIsolation(prlimit, launcher.missing);
  return { level: 'process', missing: `${launcher.missing}; prlimit is not installed`, wrap: plain };
}

/** A process that can be killed, and no more. */
export const processIsolation: Isolation = {
  level: 'process',
  missing: 'nothing was asked of the host',
  wrap: plain,
};

function plain(command: readonly string[]): [string, ...string[]] {
  return command as [string, ...string[]];
}

function limitsIsolation(prlimit: string, missing: string): Isolation {
  const setpriv = findProgram('setpriv');
  const limits = [prlimit, `--data=${memoryBytes}`, '--fsize=0', '--core=0', '--'] as const;
  const privileges = setpriv ? [setpriv, '--pdeathsig', 'KILL', '--no-new-privs', '--'] : [];
  return { level: 'limits', missing, wrap: (command) => [...limits, ...privileges, ...command] };
}

function landlockIsolation(launcher: string): Isolation {
  return {
    level: 'landlock',
    missing: '',
    wrap: (command, readable) => [
      launcher,
      String(memoryBytes),
      ...systemPaths,
      ...command.slice(0, 1),
      ...readable,
      '--',
      ...command,
    ],
  };
}

const launcherSource = join(dirname(fileURLToPath(import.meta.url)), 'launch.c');

async function buildLauncher(cacheFolder: string): Promise<{ path: string } | { missing: string }> {
  if (process.platform !== 'linux') return { missing: 'Landlock is a feature of Linux' };
  try {
    const source = await readFile(launcherSource);
    const version = createHash('sha256').update(source).update(process.arch).digest('hex').slice(0, 16);
    const name = `sandbox-launch-${version}`;
    const shipped = join(dirname(launcherSource), name);
    const path = existsSync(shipped) ? shipped : join(cacheFolder, name);
    if (!existsSync(path)) await compile(path);
    await run(path, ['probe'], { env: {} });
    return { path };
  } catch (error) {
    return {
      missing: `no Landlock: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    };
  }
}

/** Compiled beside its place and renamed there, so that several processes may do it at once. */
async function compile(path: string): Promise<void> {
  const compiler = findProgram('cc') ?? findProgram('gcc') ?? findProgram('clang');
  if (!compiler) throw new Error('there is no C compiler to build the launcher with');
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.${performance.now()}`;
  try {
    await run(compiler, ['-O2', '-o', draft, launcherSource], { env: { PATH: programFolders.join(':') } });
    await chmod(draft, 0o755);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
