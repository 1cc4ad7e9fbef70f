import { setTimeout } from 'node:timers/promises';

/** A closed loop: so many clients, each asking again once it was answered, until the count or the time is reached. */
export interface Load {
  clients: number;
  count: number;
  ms: number;
}

export interface LoadResult {
  /** Milliseconds from asking to the answer, one for each that was asked. */
  latencies: number[];
  /** From the first question to the last answer. */
  elapsedMs: number;
}

/** What has no answer by then is lost. */
const patienceMs = 35_000;

/** @throws what `ask` throws, and when an answer is lost: a measurement with failures is none */
export async function runLoad(ask: () => Promise<void>, { clients, count, ms }: Load): Promise<LoadResult> {
  const latencies: number[] = [];
  const started = performance.now();
  let left = count;
  const client = async (): Promise<void> => {
    while (left > 0 && performance.now() - started < ms) {
      left -= 1;
      const asked = performance.now();
      await ask();
      latencies.push(performance.now() - asked);
    }
  };
  const late = setTimeout(ms + patienceMs, 'late' as const, { ref: false });
  if ((await Promise.race([Promise.all(Array.from({ length: clients }, client)), late])) === 'late')
    throw new Error(`An answer is lost: ${latencies.length} of ${count - left} came.`);
  return { latencies, elapsedMs: performance.now() - started };
}
