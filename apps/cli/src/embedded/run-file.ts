import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { readIfPresent } from './secrets.js';

const runSchema = z.object({
  pid: z.int(),
  /** The gateway's address; null until it listens. */
  url: z.url().nullable(),
  /** Addresses of the workers' health and metrics, by name. */
  workers: z.record(z.string(), z.url()),
  /** Whether it stays (`up`) or ends with the call that started it. */
  stays: z.boolean(),
  startedAt: z.iso.datetime(),
});
export type Run = z.infer<typeof runSchema>;

export function writeRun(file: string, run: Run): void {
  const draft = `${file}.${run.pid}`;
  writeFileSync(draft, `${JSON.stringify(run)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** What runs on a NANO_HOME by its own word; null when nothing says so or its process is gone. */
export function readRun(file: string): Run | null {
  const text = readIfPresent(file);
  if (text === null) return null;
  const run = runSchema.safeParse(parse(text));
  return run.success && isAlive(run.data.pid) ? run.data : null;
}

export function removeRun(file: string): void {
  rmSync(file, { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
