import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl } from './queue-backend.js';

describe('QUEUE_URL', () => {
  it('names one Redis, with TLS by its scheme', () => {
    expect(parseRedisUrl('rediss://user:p%40ss@cache.internal:6380/2')).toEqual({
      scheme: 'rediss',
      username: 'user',
      password: 'p@ss',
      hosts: [{ host: 'cache.internal', port: 6380 }],
      path: '2',
      database: 0,
      tls: true,
    });
  });

  it('names several sentinels and the master', () => {
    expect(parseRedisUrl('redis+sentinel://:secret@a,b:26380/main?db=3')).toMatchObject({
      password: 'secret',
      hosts: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26380 },
      ],
      path: 'main',
      database: 3,
    });
  });

  it('names the nodes of a cluster, IPv6 among them', () => {
    expect(parseRedisUrl('redis+cluster://[::1]:7000,127.0.0.1').hosts).toEqual([
      { host: '::1', port: 7000 },
      { host: '127.0.0.1', port: 6379 },
    ]);
  });
});
