import type { Traceback } from '#shared/contracts/attempt';
import type { Layer } from '#shared/contracts/check';
import type { Failure, Stop } from './sandbox.js';

/** Milliseconds, to the microsecond. */
export function since(started: number): number {
  return Math.round((performance.now() - started) * 1_000) / 1_000;
}

export function failed(traceback: Traceback, started: number, stopped?: Stop): Failure {
  return { kind: 'failed', traceback, ...(stopped && { stopped }), elapsedMs: since(started) };
}

export function rejected(layer: Layer, traceback: Traceback, started: number): Failure {
  return { kind: 'rejected', layer, traceback, elapsedMs: since(started) };
}

export function timedOut(timeoutMs: number, started: number): Failure {
  return failed(
    {
      class: 'timeout',
      message: `The statement was stopped after ${timeoutMs} ms.`,
      hint: 'Join on keys, filter early, and compute less.',
    },
    started,
    'timeout',
  );
}
