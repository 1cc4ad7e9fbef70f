import { describe, expect, it } from '@jest/globals';
import type { Job } from 'bullmq';
import { firstWait, waitsSince } from './job-wait.js';

const job = (fields: Partial<Job>) => ({ timestamp: 10_000, opts: {}, attemptsStarted: 1, ...fields }) as Job;

describe('how long a job waited', () => {
  it('is from when it was added, or was due, to when it was taken first', () => {
    expect(firstWait(job({ processedOn: 12_500 }))).toBe(2.5);
    expect(firstWait(job({ processedOn: 12_500, opts: { delay: 2_000 } }))).toBe(0.5);
  });

  it('is nothing where the clocks differ, and is not told twice', () => {
    expect(firstWait(job({ processedOn: 9_000 }))).toBe(0);
    expect(firstWait(job({ processedOn: 12_500, attemptsStarted: 2 }))).toBeUndefined();
    expect(firstWait(job({}))).toBeUndefined();
  });

  it('counts anew from the last try', () => {
    expect(waitsSince(job({ processedOn: 60_000 }))).toBe(60_000);
    expect(waitsSince(job({ opts: { delay: 5 } }))).toBe(10_005);
  });
});
