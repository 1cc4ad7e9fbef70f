import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** A statement that has worked this long makes way for the short ones of other datasources. */
const demoteAfterMs = 250;
/** Most statements have ended by then, and cost no look; what one did before is not counted. */
const firstLookMs = 50;
const demotedPriority = 15;
/** USER_HZ, in which Linux reports CPU time to programs: 100 on every architecture (proc(5), sysconf(3)). */
const ticksPerSecond = 100;

interface Demotable {
  readonly pid: number | undefined;
  demoted: boolean;
}

/**
 * Watches one statement and lowers its process's priority once it has used its share of CPU time.
 * Not wall-clock time: on a busy machine every statement takes long, and a demoted process is retired
 * (it may not raise its priority again), so that starting new ones would make the machine busier still.
 */
export class Demotion {
  private isSpent = false;
  private timer: NodeJS.Timeout;

  constructor(private readonly process: Demotable) {
    this.timer = setTimeout(() => {
      const usedBefore = cpuMs(process.pid) ?? 0;
      this.timer = this.lookIn(demoteAfterMs, usedBefore);
    }, firstLookMs);
  }

  /** Whether the statement used more than its share. */
  end(): boolean {
    clearTimeout(this.timer);
    return this.isSpent;
  }

  private lookIn(ms: number, usedBefore: number): NodeJS.Timeout {
    return setTimeout(() => {
      const used = cpuMs(this.process.pid);
      // Where the system does not tell, time on the clock must do.
      const left = used === undefined ? 0 : demoteAfterMs - (used - usedBefore);
      if (left <= 0) {
        this.isSpent = true;
        demote(this.process);
      } else this.timer = this.lookIn(Math.max(left, 20), usedBefore);
    }, ms);
  }
}

/** CPU time that a process has used, in milliseconds; undefined where it cannot be read. */
export function cpuMs(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the name, may hold spaces and parentheses; utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
  } catch {
    return undefined;
  }
}

/** Takes a process out of the way of those that have not used their share. */
export function demote(process: Demotable): void {
  if (process.pid === undefined) return;
  try {
    setPriority(process.pid, demotedPriority);
    process.demoted = true;
  } catch {
    // It has ended meanwhile.
  }
}
