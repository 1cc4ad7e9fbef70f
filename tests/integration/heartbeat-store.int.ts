import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { createDatabase, createPool } from '#shared/persistence/database';
import { HeartbeatStore } from '#shared/persistence/heartbeat.store';
import { cleanups } from '../support/cleanups.js';
import { createStateDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

const cleanup = cleanups();

it('gives a connection up on which nothing comes back, and has another one for the next heartbeat', async () => {
  const state = await createStateDatabase(testServers().postgresUrl);
  cleanup(() => state.drop());
  const { hostname, port } = new URL(state.url);
  const servers: Socket[] = [];
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    servers.push(server);
    for (const socket of [client, server]) socket.on('error', () => {});
    client.pipe(server).pipe(client);
    client.once('close', () => server.destroy());
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const way = new URL(state.url);
  way.hostname = '127.0.0.1';
  way.port = String((proxy.address() as AddressInfo).port);
  const pool = createPool(way.href, 1);
  cleanup(async () => {
    await pool.end();
    proxy.close();
  });
  const store = new HeartbeatStore(createDatabase(pool), pool);
  const identity = { id: randomUUID(), app: 'executor', version: '0', host: 'here' };
  const beat = () => store.beat(identity, 0, { parts: {} });

  expect(await beat()).toBeGreaterThan(0);
  for (const server of servers) server.unpipe().pause();
  await expect(beat()).rejects.toThrow('no answer');
  expect(await beat()).toBeGreaterThan(0);
  expect(servers).toHaveLength(2);
});
