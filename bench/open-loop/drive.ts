import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrival, Outcome } from './arrival.js';

export interface Drive {
  /** As `arrivalTimes` gives them. */
  times: Iterable<number>;
  /** Asks one question; settles when it has ended, at the latest soon after the signal aborts. */
  ask: (signal: AbortSignal) => Promise<Outcome>;
  /** An arrival that finds so many outstanding is counted and not sent. */
  mostOutstanding: number;
  /** Ends the schedule early. */
  signal?: AbortSignal;
  /** How long the outstanding ones may go on once the schedule was ended early. */
  graceMs?: number;
  /** Told once, of the first arrival that could not be sent. */
  onUnsent?: () => void;
}

/** Keeps the schedule, however slow the answers are, and resolves when all have ended. In the order of their arrival. */
export async function drive({
  times,
  ask,
  mostOutstanding,
  signal,
  graceMs = 5_000,
  onUnsent,
}: Drive): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  const outstanding = new Set<Promise<void>>();
  const giveUp = new AbortController();
  const started = performance.now();
  const now = () => performance.now() - started;

  const send = async (arrival: Arrival): Promise<void> => {
    arrival.sentAt = now();
    Object.assign(arrival, await ask(giveUp.signal));
    if (arrival.kind !== 'interrupted') arrival.endedAt = now();
  };

  for (const at of times) {
    await pause(at - now(), signal);
    if (signal?.aborted) break;
    const arrival: Arrival = { at, sentAt: null, endedAt: null, kind: 'unsent', code: '' };
    arrivals.push(arrival);
    if (outstanding.size >= mostOutstanding) {
      onUnsent?.();
      onUnsent = undefined;
      continue;
    }
    const sent = send(arrival).finally(() => outstanding.delete(sent));
    outstanding.add(sent);
  }
  const ended = Promise.all(outstanding);
  // Also when it is stopped only now, with the last ones on their way.
  const stopped = signal
    ? untilAborted(signal).then(() => pause(graceMs))
    : new Promise<never>(() => undefined);
  await Promise.race([ended, stopped]);
  giveUp.abort();
  await ended;
  return arrivals;
}

/** A timer rests a millisecond at least: what is due already is not made later than it is. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  await sleep(ms, undefined, signal && { signal }).catch(() => undefined);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
