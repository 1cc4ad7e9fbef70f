import { setTimeout as sleep } from 'node:timers/promises';
import type { Sandbox, Target } from '../../apps/executor/src/sandbox/sandbox.js';
import { quantile } from './samples.js';

/** Never ends by itself, and uses a processor all the time. */
const endless = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';
const small = 'SELECT name, total FROM customer WHERE id = 4711';
const pauseMs = 2;

export interface Replacement {
  kills: number;
  /** From the end of a statement that was killed to the answer of the next one of the same datasource. */
  p50Ms: number;
  maxMs: number;
}

export async function measureReplacement(
  sandbox: Sandbox,
  target: Target,
  kills: number,
): Promise<Replacement> {
  const hasty = { ...target, policy: { ...target.policy, timeoutMs: 150 } };
  const samples: number[] = [];
  const { signal } = new AbortController();
  for (let kill = 0; kill < kills; kill += 1) {
    const outcome = await sandbox.run(hasty, endless, signal);
    if (outcome.kind !== 'failed') throw new Error('A statement without an end has ended.');
    const started = performance.now();
    await sandbox.run(target, small, signal);
    samples.push(performance.now() - started);
  }
  return { kills, p50Ms: quantile(samples, 0.5), maxMs: Math.max(...samples) };
}

export interface Flood {
  clients: number;
  timeoutMs: number;
  idle: Latencies;
  flooded: Latencies;
  /** The other datasource's p99 under the flood by its idle one. */
  ratio: number;
}

interface Latencies {
  count: number;
  p50Ms: number;
  p99Ms: number;
}

/** One datasource is kept busy with statements that run to their limit; another one is asked all along. */
export async function measureFlood(
  sandbox: Sandbox,
  victim: Target,
  flooded: Target,
  ms: number,
): Promise<Flood> {
  const clients = 8;
  const timeoutMs = 1_000;
  await latenciesOf(sandbox, victim, ms / 4);
  const idle = await latenciesOf(sandbox, victim, ms);
  const flood = new AbortController();
  const hasty = { ...flooded, policy: { ...flooded.policy, timeoutMs } };
  const floods = Array.from({ length: clients }, async () => {
    while (!flood.signal.aborted) await sandbox.run(hasty, endless, flood.signal).catch(() => null);
  });
  await sleep(2 * timeoutMs);
  const during = await latenciesOf(sandbox, victim, ms);
  flood.abort(new Error('The measurement is over.'));
  await Promise.all(floods);
  return { clients, timeoutMs, idle, flooded: during, ratio: during.p99Ms / idle.p99Ms };
}

async function latenciesOf(sandbox: Sandbox, target: Target, ms: number): Promise<Latencies> {
  const samples: number[] = [];
  const { signal } = new AbortController();
  for (const until = performance.now() + ms; performance.now() < until;) {
    const started = performance.now();
    await sandbox.run(target, small, signal);
    samples.push(performance.now() - started);
    await sleep(pauseMs);
  }
  return { count: samples.length, p50Ms: quantile(samples, 0.5), p99Ms: quantile(samples, 0.99) };
}
