import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isFinal, queryStatuses } from '#shared/contracts/query';
import { type Outcome, safeCode } from './arrival.js';
import { type Answer, type Exchange, NoAnswer } from './exchange.js';
import type { Gateways } from './gateways.js';
import type { AskedQuestion } from './questions.js';

/** What the gateway takes for `Prefer: wait`. */
const longestWaitSeconds = 300;
const pauseMs = 100;

const endSchema = z.looseObject({
  status: z.enum(queryStatuses),
  error: z.looseObject({ code: z.string() }).optional(),
});
const problemSchema = z.looseObject({ code: z.string() });

export interface Asking {
  exchange: Exchange;
  gateways: Gateways;
  /** Past it a question without an end is a `timeout`. */
  patienceMs: number;
}

/**
 * Asks one question and waits for its end. Each has an `Idempotency-Key`, so that it may be repeated, as load balancers and
 * HTTP clients do, where the service cannot have begun on it; how often is in the outcome.
 */
export async function ask(
  { question, datasource }: AskedQuestion,
  { exchange, gateways, patienceMs }: Asking,
  stopped: AbortSignal,
): Promise<Outcome> {
  const late = AbortSignal.timeout(patienceMs);
  const signal = AbortSignal.any([stopped, late]);
  const deadline = performance.now() + patienceMs;
  const body = JSON.stringify({ question, datasource });
  const key = randomUUID();
  const refusedBy = new Set<string>();
  let repeats = 0;
  const told = (outcome: Outcome): Outcome => (repeats > 0 ? { ...outcome, repeats } : outcome);
  for (;;) {
    const url = gateways.next(refusedBy);
    if (url === null) return told({ kind: 'connection', code: 'no_gateway_ready' });
    const wait = Math.ceil((deadline - performance.now()) / 1_000);
    const headers = {
      prefer: `wait=${Math.max(1, Math.min(wait, longestWaitSeconds))}`,
      'idempotency-key': key,
    };
    try {
      const answer = await exchange.send('POST', new URL('/v1/queries', url), body, headers, signal);
      const outcome = outcomeOf(answer);
      if (outcome !== null) return told(outcome);
      // It goes on, and the same key waits for the same query.
      await sleep(pauseMs, undefined, { signal });
    } catch (error) {
      if (stopped.aborted) return told({ kind: 'interrupted', code: '' });
      if (late.aborted) return told({ kind: 'timeout', code: '' });
      if (!(error instanceof NoAnswer)) throw error;
      if (error.code === 'ECONNREFUSED') {
        gateways.refused(url);
        refusedBy.add(url);
      }
      const isAnyLeft = error.code !== 'ECONNREFUSED' || gateways.next(refusedBy) !== null;
      if (!error.isUntouched || !isAnyLeft) return told({ kind: 'connection', code: safeCode(error.code) });
      repeats += 1;
    }
  }
}

/** Null while the query goes on. */
function outcomeOf({ status, headers, body }: Answer): Outcome | null {
  if (status === 200 || status === 202) {
    const end = endSchema.safeParse(body).data;
    if (end === undefined) return { kind: 'http', code: 'not_a_gateway' };
    if (!isFinal(end.status)) return null;
    if (end.status === 'succeeded') return { kind: 'succeeded', code: '' };
    return { kind: 'failed', code: end.status === 'cancelled' ? 'cancelled' : safeCode(end.error?.code) };
  }
  const code = safeCode(problemSchema.safeParse(body).data?.code);
  if (status !== 429) return { kind: 'http', code: `${status}_${code}` };
  const seconds = Number(headers['retry-after']);
  return { kind: 'refused', code, retryAfter: Number.isFinite(seconds) ? seconds : null };
}
