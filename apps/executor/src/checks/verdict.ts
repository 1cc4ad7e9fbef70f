import type { Verdict } from '#shared/contracts/check';
import type { Checked, Outcome } from '../sandbox/sandbox.js';

/** What a statement's fate is called in a check. */
export function verdictOf(outcome: Outcome | Checked): Verdict {
  const { elapsedMs } = outcome;
  switch (outcome.kind) {
    case 'valid':
      return { outcome: 'allowed', layer: null, class: null, message: null, elapsedMs };
    case 'rows': {
      const { truncated } = outcome.result;
      if (truncated === null)
        return { outcome: 'allowed', layer: null, class: null, message: null, elapsedMs };
      const message = `The limit of ${truncated} cut the result.`;
      return { outcome: 'limited', layer: 'limit', class: 'too_large', message, elapsedMs };
    }
    case 'failed': {
      const { class: kind, message } = outcome.traceback;
      const limited = kind === 'timeout' || kind === 'too_large';
      return limited
        ? { outcome: 'limited', layer: 'limit', class: kind, message, elapsedMs }
        : { outcome: 'error', layer: 'engine', class: kind, message, elapsedMs };
    }
    case 'rejected': {
      const { layer, traceback } = outcome;
      return { outcome: 'rejected', layer, class: traceback.class, message: traceback.message, elapsedMs };
    }
  }
}
