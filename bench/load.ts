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

/** @throws what `ask` throws: a measurement with failures is none */
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
  await Promise.all(Array.from({ length: clients }, client));
  return { latencies, elapsedMs: performance.now() - started };
}
