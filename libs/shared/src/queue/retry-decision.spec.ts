import { describe, expect, it } from '@jest/globals';
import { permanent, retryable } from '../errors/app-error.js';
import { jobCatalogue } from './catalogue.js';
import { decideRetry } from './retry-decision.js';

const middle = () => 0.5;

describe('the retry decision', () => {
  it('retries infrastructure failures with growing, bounded delays', () => {
    const error = retryable('model_unreachable', 'refused');
    const delays = [1, 2, 3, 9].map((tries) => {
      const decision = decideRetry('generate', error, tries, middle);
      return decision.kind === 'retry' ? decision.delayMs : null;
    });
    expect(delays).toEqual([188, 375, 750, 11_250]);
  });

  it('waits at least as long as the other side asked', () => {
    const decision = decideRetry(
      'generate',
      retryable('model_overloaded', 'busy', { retryAfterMs: 7_000 }),
      1,
    );
    expect(decision).toMatchObject({ kind: 'retry', delayMs: 7_000 });
  });

  it('ends at once on a permanent failure, and when the tries are spent', () => {
    expect(decideRetry('generate', permanent('model_unknown', 'no'), 1).kind).toBe('end');
    expect(decideRetry('generate', retryable('model_error', 'no'), jobCatalogue.generate.tries).kind).toBe(
      'end',
    );
  });

  it('takes a defect for something that may pass, and names it as one', () => {
    expect(decideRetry('execute', new TypeError('x is undefined'), 1)).toMatchObject({
      kind: 'retry',
      error: { code: 'internal_error' },
    });
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(decideRetry('execute', refused, 1)).toMatchObject({
      kind: 'retry',
      error: { code: 'unavailable' },
    });
  });
});
