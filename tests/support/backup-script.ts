import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { render } from '../deploy/kustomize.js';
import { inOverlayWith } from '../deploy/overlay-with.js';
import { configOf, workloads } from '../deploy/pods.js';

interface Given {
  /** In place of the manifest's. */
  settings?: Record<string, string>;
  /** What runs the shell with the script. */
  under?: string[];
  /** A folder of programs that come before PostgreSQL's. */
  programs?: string;
}

export interface Backup {
  code: number;
  stderr: string;
  /** The name of the dump. */
  made: string | undefined;
}

/** Runs what the CronJob `backup` runs, as the manifests have it, with the programs of this server, on a database of it. */
export async function runBackup(
  { bin }: { bin: string },
  databaseUrl: string,
  folder: string,
  { settings = {}, under = [], programs = bin }: Given = {},
): Promise<Backup> {
  const objects = inOverlayWith(['backup'], 'single-node', render);
  const container = workloads(objects).find(({ component }) => component === 'backup')!.pod.containers[0]!;
  const [shell = '', path = '', ...rest] = container.command ?? [];
  if (rest.length > 0) throw new Error('the script has arguments');
  const script = join(folder, 'backup.sh');
  writeFileSync(script, configOf(objects, 'nano-backup-script')[basename(path)]!);
  const { username, password, hostname, port, pathname } = new URL(databaseUrl);
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`);
  const environment = {
    ...configOf(objects, container.envFrom![0]!.configMapRef.name),
    ...Object.fromEntries(container.env!.map(({ name, value }) => [name, value])),
    PATH: [programs, bin, process.env['PATH']].join(delimiter),
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGDATABASE: pathname.slice(1),
    PGPASSWORD_FILE: passwordFile,
    BACKUP_FOLDER: folder,
    ...settings,
  };
  const [program, ...args] = [...under, shell, script];
  return new Promise((resolve) => {
    execFile(program, args, { env: environment }, (error, stdout, stderr) => {
      const made = /^made (nano-\S+[.]dump)/m.exec(stdout)?.[1];
      resolve({ code: error ? Number(error.code ?? -1) : 0, stderr, made });
    });
  });
}
