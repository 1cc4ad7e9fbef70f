import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { httpFetch } from './http-fetch.js';

describe('httpFetch', () => {
  const fetch = httpFetch();
  let server: Server;
  let answer: RequestListener;
  const sockets = new Set<Socket>();
  let connections = 0;

  beforeEach(async () => {
    connections = 0;
    server = createServer((request, response) => answer(request, response));
    server.on('connection', (socket) => {
      connections += 1;
      sockets.add(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const post = (body: string, signal?: AbortSignal) =>
    fetch(url(), {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body,
      ...(signal && { signal }),
    });

  it('sends the text and gives back status, headers and body', async () => {
    answer = (request, response) => {
      response.writeHead(429, { 'retry-after': '3', 'content-type': request.headers['content-type'] });
      request.pipe(response);
    };
    const response = await post('Größe 表');
    expect([response.status, response.ok, response.headers.get('retry-after')]).toEqual([429, false, '3']);
    await expect(response.text()).resolves.toBe('Größe 表');
  });

  it('keeps the connection for the next request', async () => {
    answer = (request, response) => void request.resume().once('end', () => response.end('ok'));
    for (let count = 0; count < 3; count += 1) await (await post('again')).text();
    expect(connections).toBe(1);
  });

  it('closes the connection when the signal aborts, before the reply and in its middle', async () => {
    for (const starts of [false, true]) {
      const controller = new AbortController();
      const gone = new Promise<void>((resolve) => {
        answer = (request, response) => {
          request.once('close', resolve);
          response.once('close', resolve);
          if (starts) response.write('one');
          else controller.abort('enough');
        };
      });
      const reply = post('stop', controller.signal).then(async (response) => {
        controller.abort('enough');
        return response.text();
      });
      await expect(reply).rejects.toThrow();
      await gone;
    }
  });

  it('fails where the server cuts the reply, refuses the connection or is not there', async () => {
    answer = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => request.socket.destroy());
    };
    await expect(post('cut').then((response) => response.text())).rejects.toThrow();
    answer = (request) => void request.socket.destroy();
    await expect(post('cut at once')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(fetch('http://127.0.0.1:1/v1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('follows no redirection: where the text goes is said in the configuration alone', async () => {
    answer = (_request, response) =>
      void response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end('elsewhere');
    expect((await post('secret')).status).toBe(307);
  });
});
