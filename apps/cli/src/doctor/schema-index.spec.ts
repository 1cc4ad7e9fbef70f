import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { readConfig } from '../config.js';
import { checkSchemaIndex } from './schema-index.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function qdrant(version: string, collections: string[], status = 200): Promise<string> {
  const listening = createServer(({ url, headers }, response) => {
    const list = { result: { collections: collections.map((name) => ({ name })) } };
    const right = headers['api-key'] === 'secret';
    response.writeHead(right ? status : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(url === '/prefix/' ? { title: 'qdrant', version } : list));
  });
  servers.push(listening);
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/prefix/`;
}

const check = (QDRANT_URL: string, more = {}) =>
  checkSchemaIndex(readConfig({ QDRANT_URL, QDRANT_API_KEY: 'secret', ...more }));

it('is a file, or what Qdrant says of itself and of the collections of this service', async () => {
  expect(await checkSchemaIndex(readConfig({}))).toMatchObject({ status: 'ok' });
  const url = await qdrant('1.19.2', ['nano-2-words', 'nano-2-384', 'others']);
  expect(await check(url)).toMatchObject({
    status: 'ok',
    detail: 'Qdrant 1.19.2, nano-2-384, nano-2-words',
  });
  expect(await check(url, { QDRANT_COLLECTION: 'mine' })).toMatchObject({ status: 'warn' });
});

it('fails where Qdrant is too old, refuses the key or is not there', async () => {
  expect(await check(await qdrant('1.9.4', ['nano-2-384']))).toMatchObject({ status: 'fail' });
  expect(await check(await qdrant('1.19.0', []), { QDRANT_API_KEY: 'wrong' })).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('401'),
  });
  expect(await check('http://127.0.0.1:1')).toMatchObject({ status: 'fail' });
  expect(await check('no address')).toMatchObject({ status: 'fail' });
});
