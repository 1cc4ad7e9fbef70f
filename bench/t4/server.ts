/**
 * A model server, as a process, that answers the questions of the bundled samples with their SQL and takes the time that
 * cards would. Argument: its timing as JSON, see timing.ts.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { estimateTokens } from '#shared/schema/token-estimate';
import { samples } from '../../samples/src/catalogue.js';
import { Card } from './card.js';
import { timingSchema } from './timing.js';

const timing = timingSchema.parse(JSON.parse(process.argv[2] ?? ''));
const cards =
  'cards' in timing ? Array.from({ length: timing.cards }, () => new Card(timing.speed, timing.batch)) : [];
const sqlOf = new Map(
  samples.flatMap(({ questions }) => questions.map(({ question, sql }) => [question, sql] as const)),
);
const requestSchema = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ content: z.string() })).min(1),
});

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  route(request, response).catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}/v1\n`);
});
process.once('SIGTERM', () => process.exit(0));

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') {
    const data = [{ id: 'timed', object: 'model', owned_by: 'bench' }];
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { model, messages } = requestSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
  const prompt = messages.map(({ content }) => content).join('\n');
  const reply = replyTo(prompt);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (part: object) =>
    response.write(
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 0, model, ...part })}\n\n`,
    );
  const piece = (content: string) => void send({ choices: [{ index: 0, delta: { content } }] });
  const used = { prompt_tokens: estimateTokens(prompt), completion_tokens: reply.length };
  await write(reply, used.prompt_tokens, piece, response);
  send({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  send({ choices: [], usage: { ...used, total_tokens: used.prompt_tokens + used.completion_tokens } });
  response.end('data: [DONE]\n\n');
}

/** The tokens of the reply: pieces of the length that the estimate takes a token to have. */
function replyTo(prompt: string): string[] {
  const question = /^Question: (.*)$/mu.exec(prompt.slice(prompt.lastIndexOf('\nQuestion: ') + 1))?.[1];
  const sql = sqlOf.get(question ?? '') ?? 'CLARIFY: The bench knows the questions of the samples alone.';
  const length = Math.ceil(sql.length / estimateTokens(sql));
  return sql.match(new RegExp(`.{1,${length}}`, 'gsu')) ?? [];
}

async function write(
  reply: readonly string[],
  promptTokens: number,
  piece: (text: string) => void,
  response: ServerResponse,
): Promise<void> {
  if ('replyMs' in timing) {
    await sleep(timing.replyMs);
    piece(reply.join(''));
    return;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('close', resolve);
  const toRead = Math.max(1, Math.round(promptTokens * (1 - timing.cached)));
  let written = 0;
  const freest = cards.reduce((best, card) => (card.load < best.load ? card : best));
  freest.add({
    toRead,
    toWrite: reply.length,
    onToken: () => {
      piece(reply[written] ?? '');
      written += 1;
      if (written === reply.length) resolve();
    },
    isGone: () => response.destroyed,
  });
  await promise;
}
