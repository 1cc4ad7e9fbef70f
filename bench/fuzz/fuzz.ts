import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Outcome, Sandbox } from '../../apps/executor/src/sandbox/sandbox.js';
import { canary, makeSubject, type SafetyDialect } from '../safety/subjects.js';
import { statements } from './grammar.js';

export interface FuzzResult {
  seed: number;
  statements: number;
  /** How often each kind of outcome came, with its layer or class. */
  outcomes: Record<string, number>;
  slowestMs: number;
  faults: string[];
}

const timeoutMs = 250;
/** Waiting for a process and its start count too, on a machine that is busy. */
const patienceMs = 5_000;
const atOnce = 4;

/** Sends statements through the sandbox and looks for what must never be: a write, an escape, a crash, a late end. */
export async function fuzz(
  sandbox: Sandbox,
  dialect: SafetyDialect,
  count: number,
  seed: number,
  asAdministrator = false,
): Promise<FuzzResult> {
  const subject = await makeSubject(
    dialect,
    sandbox,
    { timeoutMs, maxRows: 200, maxBytes: 200_000 },
    asAdministrator,
  );
  const folder = mkdtempSync(join(tmpdir(), 'nano-fuzz-'));
  const file = join(folder, 'written');
  const result: FuzzResult = { seed, statements: 0, outcomes: {}, slowestMs: 0, faults: [] };
  const before = await subject.fingerprint();
  const texts = fc.sample(statements(dialect, file), { numRuns: count, seed }).values();
  const worker = async (): Promise<void> => {
    for (const sql of texts) {
      const fault = await tryOne(() => subject.run(sql), result);
      if (fault !== null) result.faults.push(`${fault}: ${JSON.stringify(sql)}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (existsSync(file)) result.faults.push('A file was written.');
  if ((await subject.fingerprint()) !== before) result.faults.push('The database has changed.');
  await subject.close();
  rmSync(folder, { recursive: true, force: true });
  return result;
}

async function tryOne(run: () => Promise<Outcome>, result: FuzzResult): Promise<string | null> {
  const started = performance.now();
  result.statements += 1;
  try {
    const outcome = await run();
    const elapsed = performance.now() - started;
    result.slowestMs = Math.max(result.slowestMs, elapsed);
    const kind =
      outcome.kind === 'rows'
        ? 'rows'
        : `${outcome.kind} ${outcome.kind === 'rejected' ? outcome.layer : outcome.traceback.class}`;
    result.outcomes[kind] = (result.outcomes[kind] ?? 0) + 1;
    if (JSON.stringify(outcome.kind === 'rows' ? outcome.result.rows : outcome.traceback).includes(canary))
      return 'The canary was shown';
    return elapsed > timeoutMs + patienceMs ? `It took ${Math.round(elapsed)} ms` : null;
  } catch (error) {
    return `The sandbox failed (${error instanceof Error ? error.message : String(error)})`;
  }
}
