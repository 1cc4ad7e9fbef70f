import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { findModel } from './find-model.js';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.closeAllConnections() ?? server.close()));

/** A server that answers `/v1/models` so; with no body it never answers. */
async function place(status: number, body: unknown): Promise<{ server: string; port: number }> {
  const server = createServer((_, response) => {
    if (body !== undefined)
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { server: `answers ${status}`, port: (server.address() as { port: number }).port };
}
const listing = (...ids: string[]) => ({
  object: 'list',
  data: ids.map((id) => ({ id, owned_by: 'library' })),
});
const closed = { server: 'nobody', port: 1 };

describe('the search for a model server', () => {
  it('takes the first place that lists a model that writes text', async () => {
    const places = [
      closed,
      await place(200, listing('nomic-embed-text', 'llama3:8b')),
      await place(200, listing('other')),
    ];
    expect(await findModel(undefined, places)).toMatchObject({ server: 'answers 200', model: 'llama3:8b' });
  });

  it('takes the place that has the wanted model, and says what there is where none has', async () => {
    const places = [await place(200, listing('a')), await place(200, listing('b'))];
    expect(await findModel('b', places)).toMatchObject({ model: 'b' });
    await expect(findModel('c', places)).rejects.toMatchObject({
      code: 'model_not_found',
      message: 'no model server on this machine has c, only a, b',
    });
  });

  it('takes neither our gateway, nor our stand-ins, nor what is no listing, nor silence for a model server', async () => {
    const places = [
      await place(404, { type: 'urn:nano-analyst:error:not_found', status: 404 }),
      await place(401, { status: 401 }),
      await place(200, { object: 'list', data: [{ id: 'nano-baseline', owned_by: 'nano-analyst' }] }),
      await place(200, { models: [] }),
      await place(200, undefined),
      closed,
    ];
    const started = performance.now();
    expect(await findModel(undefined, places)).toBeNull();
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
