import { readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  cpuSeconds: number;
  /** Most resident memory so far; memory that processes share counts once. */
  peakBytes: number;
}

interface Process {
  parent: number;
  /** Its own, and that of its descendants that have ended. */
  cpuSeconds: number;
}

/** USER_HZ, in which Linux counts times in /proc: 100 on every architecture that Node runs on. */
const ticksASecond = 100;

/** What a process and its descendants have used so far. */
export function usageOf(root: number): Usage {
  const tree = treeOf(root);
  const memories = tree.map(({ pid }) => memoryOf(pid));
  const shared = Math.max(0, ...memories.map((memory) => memory.sharedBytes));
  return {
    cpuSeconds: tree.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakBytes: memories.reduce((sum, { peakBytes, sharedBytes }) => sum + peakBytes - sharedBytes, shared),
  };
}

/** What a process and its descendants hold now. */
export interface Holding {
  residentBytes: number;
  /** Open files, sockets and pipes. */
  handles: number;
}

export function holdingOf(root: number): Holding {
  const tree = treeOf(root);
  const sum = (of: (pid: number) => number) => tree.reduce((total, { pid }) => total + of(pid), 0);
  return {
    residentBytes: sum((pid) => bytesOf(readIfThere(`/proc/${pid}/status`) ?? '', 'VmRSS')),
    handles: sum(handlesOf),
  };
}

function handlesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    // The process has ended.
    return 0;
  }
}

function treeOf(root: number): { pid: number; cpuSeconds: number }[] {
  const processes = readProcesses();
  const tree: { pid: number; cpuSeconds: number }[] = [];
  const pending = [root];
  // The bench is the parent of all that it measures: of its own tree only itself counts.
  const isBench = root === process.pid;
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    const found = processes.get(pid);
    if (!found) continue;
    tree.push({ pid, cpuSeconds: found.cpuSeconds });
    if (isBench) break;
    for (const [child, { parent }] of processes) if (parent === pid) pending.push(child);
  }
  return tree;
}

function readProcesses(): Map<number, Process> {
  const processes = new Map<number, Process>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/u.test(entry))) {
    const stat = readIfThere(`/proc/${name}/stat`);
    if (stat === null) continue;
    // The command, in brackets, may hold anything; behind it stand the fields from 3 on (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [14, 15, 16, 17].reduce((sum, field) => sum + Number(fields[field - 3]), 0);
    processes.set(Number(name), { parent: Number(fields[1]), cpuSeconds: ticks / ticksASecond });
  }
  return processes;
}

function memoryOf(pid: number): { peakBytes: number; sharedBytes: number } {
  const status = readIfThere(`/proc/${pid}/status`) ?? '';
  return { peakBytes: bytesOf(status, 'VmHWM'), sharedBytes: bytesOf(status, 'RssShmem') };
}

function bytesOf(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'mu').exec(status)?.[1] ?? 0) * 1024;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended.
    return null;
  }
}
