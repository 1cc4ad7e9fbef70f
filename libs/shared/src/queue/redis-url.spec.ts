import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl } from './redis-url.js';

describe('QUEUE_URL', () => {
  it('names one Redis, with TLS by its scheme', () => {
    expect(parseRedisUrl('rediss://user:p%40ss@cache.internal:6380/2')).toEqual({
      scheme: 'rediss',
      username: 'user',
      password: 'p@ss',
      hosts: [{ host: 'cache.internal', port: 6380 }],
      master: '',
      database: 2,
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
      master: 'main',
      database: 3,
    });
  });

  it('names the nodes of a cluster, IPv6 among them', () => {
    expect(parseRedisUrl('redis+cluster://[::1]:7000,127.0.0.1').hosts).toEqual([
      { host: '::1', port: 7000 },
      { host: '127.0.0.1', port: 6379 },
    ]);
  });

  it('may have colons in the password', () => {
    expect(parseRedisUrl('redis://user:a:b@host')).toMatchObject({ username: 'user', password: 'a:b' });
  });

  it.each([
    ['redis://', 'no valid URL'],
    ['redis://user:p@ss@host', 'no valid URL'],
    ['http://host', 'no valid URL'],
    ['redis://host:70000', 'host:port'],
    ['redis://host:port', 'host:port'],
    ['redis://a:%zz@host', 'percent-encoded'],
    ['redis://host/main', 'database'],
    ['redis+sentinel://host', 'master'],
    ['redis+sentinel://host/main?db=x', 'database'],
  ])('%s is refused without showing it', (url, reason) => {
    expect(() => parseRedisUrl(url)).toThrow(reason);
  });
});
