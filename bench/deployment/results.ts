import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** What was asked for, what came, whether it was met. */
export interface Verdict {
  target: string;
  measured: string;
  isMet: boolean;
}

export function describeMachine() {
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1_024 ** 3),
    kernel: release(),
    node: process.version,
    /** Above 0 where other work runs: figures are worth less then. */
    loadBefore: loadavg()[0],
    startedAt: new Date().toISOString(),
  };
}

/** Prints the verdicts, writes `figures.json` and the plots, and ends the bench: 0 if all is met. */
export function finish(
  out: string,
  verdicts: readonly Verdict[],
  figures: object,
  plots: Readonly<Record<string, string>>,
): never {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'figures.json'), `${JSON.stringify({ verdicts, ...figures }, null, 2)}\n`);
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(out, name), svg);
  for (const { target, measured, isMet } of verdicts)
    process.stdout.write(`${isMet ? 'met   ' : 'MISSED'} ${target}: ${measured}\n`);
  process.stdout.write(`Figures and plots are in ${out}.\n`);
  process.exit(verdicts.every(({ isMet }) => isMet) ? 0 : 1);
}

/** Says on the way what is being done. */
export function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
}
