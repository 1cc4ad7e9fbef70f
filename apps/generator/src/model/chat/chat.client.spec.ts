import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { catalogueSchema } from '#shared/models/catalogue';
import { ChatClient } from './chat.client.js';
import type { ChatReply } from './read-reply.js';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const stream = 'text/event-stream';

/** What comes of a request that the server answers as given. */
async function replyOf(type: string, answer: (response: ServerResponse) => void): Promise<ChatReply> {
  const server = createServer((_, response) => answer(response.writeHead(200, { 'Content-Type': type })));
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { endpoints } = catalogueSchema.parse({ endpoints: [{ name: 'e', url }], models: [{ name: 'm' }] });
  const request = { model: 'm', messages: [], samples: 1, firstSample: 0, isSampled: false, maxTokens: 9 };
  const client = new ChatClient(endpoints[0]!);
  const listener = { onFirstToken: () => undefined, onText: undefined };
  return client.complete({ ...request, grammar: undefined }, new AbortController().signal, listener);
}

it.each([true, false])('says which texts were cut off, streamed %s', async (isStreamed) => {
  const cut = { index: 0, finish_reason: 'length' };
  const chunk = { choices: [{ ...cut, delta: { content: 'SELECT' } }] };
  const body = { choices: [{ ...cut, message: { content: 'SELECT' } }] };
  const reply = await replyOf(isStreamed ? stream : 'application/json', (response) =>
    response.end(isStreamed ? `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n` : JSON.stringify(body)),
  );
  expect(reply).toMatchObject({ texts: ['SELECT'], cut: [0] });
});

it('takes a stream without its end for broken', async () => {
  const chunk = { choices: [{ index: 0, delta: { content: 'SELECT' } }] };
  await expect(
    replyOf(stream, (response) => response.end(`data: ${JSON.stringify(chunk)}\n\n`)),
  ).rejects.toMatchObject({ kind: 'retryable', code: 'model_reply_malformed' });
});

it.each([stream, 'application/json'])('cuts off a server that floods, as %s', async (type) => {
  const { promise: isGone, resolve } = Promise.withResolvers<void>();
  const piece = 'x'.repeat(1024 * 1024);
  const flooded = replyOf(type, (response) => {
    const flood = () => {
      if (!response.destroyed) response.write(piece, flood);
    };
    response.on('close', () => resolve()).write('data: ', flood);
  });
  await expect(flooded).rejects.toMatchObject({ kind: 'permanent', code: 'model_reply_malformed' });
  await isGone;
});
