import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { Sandbox, Target } from '../../apps/executor/src/sandbox/sandbox.js';
import { median } from './samples.js';

export interface Overhead {
  rows: number;
  betterSqliteMs: number;
  /** A round trip whose answer is a few bytes, and one whose answer is the rows. */
  messageMs: number;
  messageWithRowsMs: number;
  sandboxMs: number;
  /** Until every cell can be used in the executor; a stage stores the rows without looking at them. */
  sandboxParsedMs: number;
  /** The sandbox by better-sqlite3 and the round trip of a small message. */
  ratio: number;
  ratioParsed: number;
}

/** The same statement in turns, so that what else the machine does hits all alike. */
export async function measureOverhead(
  sandbox: Sandbox,
  target: Target,
  file: string,
  sql: string,
  rounds: number,
): Promise<Overhead> {
  const database = new Database(file, { readonly: true });
  const echo = fork(fileURLToPath(new URL('./echo.js', import.meta.url)));
  const samples: Record<Turn, number[]> = { better: [], message: [], withRows: [], sandbox: [], parsed: [] };
  const rows = database.prepare(sql).raw().all();
  const never = new AbortController().signal;
  const turns: Record<Turn, () => unknown> = {
    better: () => database.prepare(sql).all(),
    message: () => roundTrip(echo, { sql }),
    withRows: () => roundTrip(echo, rows),
    sandbox: () => answered(sandbox, target, sql, never),
    parsed: async () => (await answered(sandbox, target, sql, never)).rows.length,
  };
  for (let round = 0; round < rounds * 1.25; round += 1) {
    const warm = round >= rounds / 4;
    for (const turn of orderOf(round)) {
      const ms = await timed(turns[turn]);
      if (warm) samples[turn].push(ms);
    }
  }
  echo.kill();
  database.close();
  return summary(rows.length, samples);
}

const names = ['better', 'message', 'withRows', 'sandbox', 'parsed'] as const;
type Turn = (typeof names)[number];

/** Each round in another order, so that each has to clear up after each of the others equally often. */
function orderOf(round: number): Turn[] {
  const left: Turn[] = [...names];
  const order: Turn[] = [];
  for (let rest = round; left.length > 0; rest = Math.floor(rest / (left.length + 1)))
    order.push(...left.splice(rest % left.length, 1));
  return order;
}

function summary(rows: number, samples: Record<Turn, number[]>): Overhead {
  const betterSqliteMs = median(samples.better);
  const messageMs = median(samples.message);
  const sandboxMs = median(samples.sandbox);
  const sandboxParsedMs = median(samples.parsed);
  return {
    rows,
    betterSqliteMs,
    messageMs,
    messageWithRowsMs: median(samples.withRows),
    sandboxMs,
    sandboxParsedMs,
    ratio: sandboxMs / (betterSqliteMs + messageMs),
    ratioParsed: sandboxParsedMs / (betterSqliteMs + messageMs),
  };
}

async function answered(sandbox: Sandbox, target: Target, sql: string, signal: AbortSignal) {
  const outcome = await sandbox.run(target, sql, signal);
  if (outcome.kind !== 'rows') throw new Error(outcome.traceback.message);
  return outcome.result;
}

async function roundTrip(echo: ChildProcess, message: object): Promise<void> {
  const answer = once(echo, 'message');
  echo.send(message);
  await answer;
}

async function timed(act: () => unknown): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}
