import { describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';

const samples = (text: string, name: string) => text.match(new RegExp(`^${name}[ {].*$`, 'gm')) ?? [];

describe('the metrics of an app', () => {
  it('say nothing of what it does not look at', async () => {
    const text = await new Metrics().scrape();
    for (const name of [
      'nano_queue_up',
      'nano_redis_aof_enabled',
      'nano_redis_noeviction',
      'nano_queue_jobs',
    ])
      expect(samples(text, name)).toEqual([]);
  });

  it('forget what is away', async () => {
    const metrics = new Metrics();
    metrics.redis.aof.set(1);
    expect(samples(await metrics.scrape(), 'nano_redis_aof_enabled')).toEqual(['nano_redis_aof_enabled 1']);
    metrics.redis.aof.reset();
    expect(samples(await metrics.scrape(), 'nano_redis_aof_enabled')).toEqual([]);
  });

  it('are told also when something cannot be looked at', async () => {
    const metrics = new Metrics();
    metrics.beforeScrape(() => Promise.reject(new Error('away')));
    metrics.beforeScrape(() => {
      throw new Error('away');
    });
    metrics.beforeScrape(() => metrics.gateway.open.set(7));
    expect(samples(await metrics.scrape(), 'nano_queries_open')).toEqual(['nano_queries_open 7']);
  });
});
