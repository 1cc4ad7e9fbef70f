import { spawn, type ChildProcess } from 'node:child_process';
import { getPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { cpuMs, Demotion } from './demotion.js';

describe('the demotion of long statements', () => {
  let child: ChildProcess | undefined;

  const watch = (program: string) => {
    child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
    const watched = { pid: child.pid, demoted: false };
    return { watched, demotion: new Demotion(watched) };
  };

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  it('lowers the priority of a process that works', async () => {
    const { watched, demotion } = watch('for (;;);');
    for (let tries = 0; tries < 200 && !watched.demoted; tries += 1) await sleep(50);
    expect(demotion.end()).toBe(true);
    expect(watched.demoted).toBe(true);
    expect(getPriority(watched.pid)).toBe(15);
  });

  it('leaves alone one that only waits, however long', async () => {
    const { watched, demotion } = watch('setTimeout(() => {}, 60_000)');
    await sleep(1_000);
    expect(demotion.end()).toBe(false);
    expect(cpuMs(watched.pid)).toBeLessThan(1_000);
    expect(watched.demoted).toBe(false);
  });
});
