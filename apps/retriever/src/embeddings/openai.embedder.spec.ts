import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OpenAiEmbedder } from './openai.embedder.js';

interface Request {
  model: string;
  input: string[];
}
type Answer = (request: Request, count: number) => { status?: number; body: unknown };

let server: Server | undefined;
const requests: Request[] = [];
afterEach(() => {
  server?.close();
  requests.length = 0;
});

/** An endpoint on loopback, and the embedder that asks it. */
async function embedderOf(answer: Answer): Promise<OpenAiEmbedder> {
  const listening = createServer((request, response) => {
    void json(request).then((body) => {
      requests.push(body as Request);
      const { status = 200, body: reply } = answer(body as Request, requests.length);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    });
  });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return new OpenAiEmbedder(
    `http://127.0.0.1:${(listening.address() as AddressInfo).port}/v1`,
    'mini',
    'key',
  );
}

const vectorsOf = ({ input }: Request, dimension = 2) => ({
  object: 'list',
  model: 'mini',
  data: input.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: [text.length, ...Array<number>(dimension - 1).fill(0)],
  })),
});

describe('an embeddings endpoint', () => {
  it('is asked in batches, and its vectors come at length 1 in the order of the texts', async () => {
    const embedder = await embedderOf((request) => {
      const body = vectorsOf(request);
      return { body: { ...body, data: body.data.toReversed() } };
    });
    const texts = Array.from({ length: 130 }, (_, at) => 'x'.repeat(at + 1));
    const vectors = await embedder.embed(texts);
    expect(requests.map(({ input }) => input.length)).toEqual([64, 64, 2]);
    expect(requests.flatMap(({ input }) => input)).toEqual(texts);
    expect(vectors).toHaveLength(130);
    expect([...(vectors[129] ?? [])]).toEqual([1, 0]);
  });

  it('that changes its dimension is refused', async () => {
    const embedder = await embedderOf((request, count) => ({ body: vectorsOf(request, count + 1) }));
    await embedder.embed(['a']);
    await expect(embedder.embed(['b'])).rejects.toMatchObject({
      code: 'embeddings_invalid',
      message: expect.stringContaining('3 dimensions where 2 were expected'),
    });
  });

  it('that leaves texts out is refused', async () => {
    const embedder = await embedderOf(() => ({ body: { object: 'list', data: [] } }));
    await expect(embedder.embed(['a'])).rejects.toMatchObject({ code: 'embeddings_invalid' });
  });

  it('that is down for a moment is asked again; that stays down is a matter of infrastructure', async () => {
    const recovering = await embedderOf((request, count) =>
      count < 2 ? { status: 503, body: {} } : { body: vectorsOf(request) },
    );
    expect(await recovering.embed(['a'])).toHaveLength(1);
    server?.close();
    await expect(
      new OpenAiEmbedder('http://127.0.0.1:1/v1', 'mini', undefined).embed(['a']),
    ).rejects.toMatchObject({
      kind: 'retryable',
      code: 'embeddings_unavailable',
    });
  });

  it('that refuses the request is not asked again', async () => {
    const embedder = await embedderOf(() => ({ status: 404, body: { error: { message: 'no such model' } } }));
    await expect(embedder.embed(['a'])).rejects.toMatchObject({
      kind: 'permanent',
      code: 'embeddings_invalid',
      message: expect.stringContaining('no such model'),
    });
    expect(requests).toHaveLength(1);
  });
});
