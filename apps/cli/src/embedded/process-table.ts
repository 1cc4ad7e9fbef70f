import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Program and arguments of a running process; empty when it is gone or not ours to see. */
export function commandLineOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    if (process.platform === 'linux') return [];
    const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.trim().split(' ');
  }
}
