import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryView } from '#shared/contracts/query';
import type { GatewayClient } from './gateway-client.js';

const periodMs = 300;
/** An explanation that takes longer is still to be had from the gateway. */
const longestWaitMs = 120_000;

/** Looks at a query until its explanation, or the reason why there is none, is written. */
export async function untilExplained(
  client: GatewayClient,
  query: QueryView,
  interrupt: AbortSignal,
): Promise<QueryView> {
  const until = performance.now() + longestWaitMs;
  let current = query;
  while (isToCome(current) && performance.now() < until && !interrupt.aborted) {
    await sleep(periodMs);
    current = await client.query(query.id);
  }
  return current;
}

function isToCome({ explanation }: QueryView): boolean {
  return explanation !== undefined && explanation.text === undefined && explanation.message === undefined;
}
