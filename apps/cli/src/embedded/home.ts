import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '#shared/errors/app-error';
import { CliError } from '../cli-error.js';

/** Where embedded state lives below NANO_HOME. */
export interface Home {
  folder: string;
  /** Held by the process that runs the embedded service, for as long as it lives. */
  lockFile: string;
  /** Tells other processes who runs and where it listens. */
  runFile: string;
  /** Which PostgreSQL cluster belongs here, with its password. */
  clusterFile: string;
  masterKeyFile: string;
  postgres: string;
  samples: string;
  logs: string;
}

export function homeOf(folder: string): Home {
  return {
    folder,
    lockFile: join(folder, 'lock.db'),
    runFile: join(folder, 'run.json'),
    clusterFile: join(folder, 'cluster.json'),
    masterKeyFile: join(folder, 'master.key'),
    postgres: join(folder, 'postgres'),
    samples: join(folder, 'samples'),
    logs: join(folder, 'logs'),
  };
}

/** Makes the folders. As root the top one can be passed through, not listed: PostgreSQL runs as another account. */
export function prepareHome(home: Home): void {
  try {
    if (!existsSync(home.folder)) {
      mkdirSync(home.folder, { recursive: true });
      chmodSync(home.folder, process.getuid?.() === 0 ? 0o711 : 0o700);
    }
    for (const folder of [home.samples, home.logs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CliError('home_not_writable', `${home.folder} cannot be written: ${describeError(error)}`, {
      cause: error,
    });
  }
}
