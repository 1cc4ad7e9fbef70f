import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { QueryEvent } from '#shared/contracts/query';
import { GatewayClient } from './gateway-client.js';

let server: Server;

async function clientOf(listener: RequestListener, apiKey?: string): Promise<GatewayClient> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return new GatewayClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey);
}

function event(id: number, status: QueryEvent['status']): string {
  const data: QueryEvent = { id, status, attempt: 0, at: '2026-01-01T00:00:00.000Z', data: {} };
  return `id: ${id}\nevent: ${status}\ndata: ${JSON.stringify(data)}\n\n`;
}

async function collect(events: AsyncIterable<QueryEvent>): Promise<number[]> {
  const ids: number[] = [];
  for await (const { id } of events) ids.push(id);
  return ids;
}

afterEach(() => void server.close());

describe('the client of the gateway', () => {
  it('takes a broken stream of events up again where it stopped', async () => {
    const asked: (string | undefined)[] = [];
    const client = await clientOf((request, response) => {
      asked.push(request.headers['last-event-id'] as string | undefined);
      response.setHeader('content-type', 'text/event-stream');
      if (asked.length === 1) {
        response.write(event(1, 'queued') + event(2, 'retrieving'));
        setTimeout(() => response.destroy(), 20);
      } else {
        response.end(event(3, 'generating') + event(4, 'succeeded'));
      }
    });
    expect(await collect(client.events('q'))).toEqual([1, 2, 3, 4]);
    expect(asked).toEqual([undefined, '2']);
  });

  it('throws the problem document of a refusal, with its code', async () => {
    const client = await clientOf((_, response) => {
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      response.end(
        JSON.stringify({
          title: 'Not found',
          status: 404,
          detail: 'no such thing',
          code: 'unknown_datasource',
        }),
      );
    });
    const refusal = {
      name: 'GatewayProblem',
      status: 404,
      code: 'unknown_datasource',
      message: 'no such thing',
    };
    await expect(client.createQuery({ question: 'x' })).rejects.toMatchObject(refusal);
    await expect(collect(client.events('q'))).rejects.toMatchObject(refusal);
  });

  it('sends its key', async () => {
    const client = await clientOf((request, response) => {
      response.end(JSON.stringify({ id: request.headers.authorization }));
    }, 'secret');
    expect(await client.createQuery({ question: 'x' })).toBe('Bearer secret');
  });

  it('tells another server and none at all apart', async () => {
    const client = await clientOf((_, response) => response.end('<html>'));
    await expect(client.query('q')).rejects.toMatchObject({ code: 'not_a_gateway' });
    await new Promise((resolve) => server.close(resolve));
    await expect(client.query('q')).rejects.toMatchObject({ code: 'gateway_unreachable' });
  });
});
