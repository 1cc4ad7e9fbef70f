import { describe, expect, it } from '@jest/globals';
import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { readRetryAfter, toModelError } from './model-errors.js';

const server = { url: 'http://127.0.0.1:1/v1', totalMs: 100 };
const answered = (status: number, message: string, headers: Record<string, string> = {}) =>
  APIError.generate(status, { error: { message } }, undefined, new Headers(headers));

describe('failures of the model server', () => {
  const cases: [string, unknown, string, 'retryable' | 'permanent'][] = [
    ['429', answered(429, 'busy'), 'model_overloaded', 'retryable'],
    ['500', answered(500, 'oops'), 'model_error', 'retryable'],
    ['503', answered(503, 'loading'), 'model_error', 'retryable'],
    ['a timeout', new APIConnectionTimeoutError(), 'model_timeout', 'retryable'],
    [
      'a refused connection',
      new APIConnectionError({ cause: new Error('ECONNREFUSED') }),
      'model_unreachable',
      'retryable',
    ],
    ['a body that is no JSON', new SyntaxError('Unexpected token'), 'model_reply_malformed', 'retryable'],
    [
      'a prompt that does not fit',
      answered(400, "This model's maximum context length is 8192 tokens."),
      'context_too_long',
      'permanent',
    ],
    ['an unknown model', answered(404, 'The model `m` does not exist.'), 'model_unknown', 'permanent'],
    ['a bad key', answered(401, 'no'), 'model_refused', 'permanent'],
  ];

  it.each(cases)('tells %s', (_, thrown, code, kind) => {
    expect(toModelError(thrown, server, 'm')).toMatchObject({ code, kind, stage: 'generate' });
  });

  it('waits as Retry-After asks, in seconds or until a date', () => {
    expect(toModelError(answered(429, 'busy', { 'retry-after': '3' }), server, 'm').retryAfterMs).toBe(3_000);
    expect(readRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', Date.parse('2026-01-01T00:00:00Z'))).toBe(5_000);
    expect(readRetryAfter('soon')).toBeUndefined();
    for (const endless of ['1e999', '99999999', 'Thu, 01 Jan 2099 00:00:05 GMT'])
      expect(readRetryAfter(endless)).toBe(600_000);
  });
});
