import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { ConfigurationError } from '#shared/config/environment';
import { openQueueBackend } from '#shared/queue/queue-backend';
import { until } from '../support/client.js';
import { type QueueApp, startQueueApp } from '../support/queue-app.js';
import { freePort, startRedis, startRedisCluster, startSentinel } from '../support/redis.js';

describe('Redis', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  async function withServer<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    stops.push(() => server.stop());
    return server;
  }

  async function expectWorking(url: string): Promise<QueueApp> {
    const app = await startQueueApp(url);
    stops.push(() => app.close());
    const payloads = Array.from({ length: 10 }, () => ({ queryId: randomUUID(), attempt: 0 }));
    for (const payload of payloads) await app.queue.enqueue('retrieve', payload);
    await until(10_000, 'ten jobs', async () => (app.processor.handled.length === 10 ? true : undefined));
    for (const payload of payloads) await app.queue.enqueue('generate', payload);
    expect(await app.queue.depth('generate')).toMatchObject({ waiting: 10 });
    expect(await app.queue.depth('retrieve')).toMatchObject({ failed: 0 });
    return app;
  }

  it('carries the queue as a cluster, of whose nodes some may be away', async () => {
    const { url } = await withServer(startRedisCluster());
    await expectWorking(`${url},127.0.0.1:${await freePort()}`);
  });

  it('carries the queue behind sentinels, of which some may be away', async () => {
    const master = await withServer(startRedis());
    const { port } = await withServer(startSentinel(master));
    await expectWorking(`redis+sentinel://127.0.0.1:${await freePort()},127.0.0.1:${port}/main?db=2`);
  });

  it('carries the queue behind a password with every kind of character, in the database that is named', async () => {
    const password = 'p@ss:w/rd?#%20 ü';
    const server = await withServer(startRedis('--requirepass', password));
    await expectWorking(`redis://default:${encodeURIComponent(password)}@127.0.0.1:${server.port}/3`);
    const client = new Redis({ port: server.port, password, db: 3 });
    expect(await client.dbsize()).toBeGreaterThan(0);
    client.disconnect();
  });

  it.each(['allkeys-lru', 'volatile-ttl', 'allkeys-random'])(
    'is refused while it evicts by %s',
    async (policy) => {
      const server = await withServer(startRedis('--maxmemory-policy', policy));
      await expect(startQueueApp(server.url)).rejects.toThrow(ConfigurationError);
      await expect(check(server.url)).rejects.toThrow(
        `its maxmemory-policy is ${policy}. Set it to noeviction: \`redis-cli config set maxmemory-policy noeviction\``,
      );
    },
  );

  it('is refused as a cluster while it evicts', async () => {
    const cluster = await withServer(startRedisCluster());
    const client = new Redis(cluster.port);
    await client.config('SET', 'maxmemory-policy', 'allkeys-lfu');
    client.disconnect();
    await expect(check(cluster.url)).rejects.toThrow('allkeys-lfu');
  });

  it('is refused when it evicts and CONFIG is forbidden', async () => {
    const server = await withServer(
      startRedis('--maxmemory-policy', 'allkeys-lru', '--rename-command', 'CONFIG', ''),
    );
    await expect(startQueueApp(server.url)).rejects.toThrow(ConfigurationError);
  });

  it('is used with a warning without an append-only file, and without one where it has it', async () => {
    const memory = await withServer(startRedis());
    expect(await check(memory.url)).toEqual([expect.stringContaining('Set appendonly to yes')]);
    const durable = await withServer(startRedis('--appendonly', 'yes'));
    expect(await check(durable.url)).toEqual([]);
  });

  it('is used with a warning where it may not be asked', async () => {
    const server = await withServer(startRedis());
    const client = new Redis(server.port);
    await client.acl('SETUSER', 'worker', 'on', '>secret-secret', '~*', '&*', '+@all', '-info', '-config');
    client.disconnect();
    expect(await check(`redis://worker:secret-secret@127.0.0.1:${server.port}`)).toEqual([
      expect.stringMatching(/could not be checked: .*info.*noeviction/i),
    ]);
  });

  it('is waited for when it is away at the start', async () => {
    const port = await freePort();
    expect(await check(`redis://127.0.0.1:${port}`)).toEqual([
      expect.stringMatching(/could not be checked: .*ECONNREFUSED/),
    ]);
  });

  it.each(['redis://127.0.0.1', 'redis://:wrong@127.0.0.1', 'redis://nobody:wrong@127.0.0.1'])(
    'is refused with wrong credentials (%s)',
    async (url) => {
      const server = await withServer(startRedis('--requirepass', 'right-right-right'));
      const refusal = expect(check(`${url}:${server.port}`)).rejects;
      await refusal.toThrow(/refuses the credentials: (WRONGPASS|NOAUTH)/);
    },
  );
});

async function check(url: string): Promise<string[]> {
  const backend = openQueueBackend(url);
  try {
    return await backend.check();
  } finally {
    await backend.close();
  }
}
