import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chunksOf, completionOf, completionRequestSchema, type Message } from './completions.js';

const largestBody = 16 * 1024 * 1024;
const created = Math.floor(Date.now() / 1000);

/** Something that writes replies without being a language model. */
export interface ServedModel {
  /** As its listing and every answer name it. */
  id: string;
  /**
   * One text for each of `n` samples, the first of which has the number `first`.
   * @throws RefusedRequest for messages that it has no reply to
   */
  reply(messages: Message[], n: number, first: number): string[];
}

/** The request is in order, but this model cannot answer it. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface RunningModelServer {
  /** Base of the server, without `/v1`: `http://127.0.0.1:8089`. */
  url: string;
  close(): Promise<void>;
}

/** Serves the part of the OpenAI API that a chat client needs until `close`; rejects when the port is taken. */
export async function startModelServer(
  model: ServedModel,
  { host, port }: { host: string; port: number },
): Promise<RunningModelServer> {
  const server = createModelServer(model);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeIdleConnections();
      }),
  };
}

function createModelServer(model: ServedModel): Server {
  return createServer((request, response) => {
    route(model, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else if (error instanceof RefusedRequest) sendError(response, 422, error.code, error.message);
      else sendError(response, 500, 'internal_error', error instanceof Error ? error.message : String(error));
    });
  });
}

async function route(model: ServedModel, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://model');
  const path = pathname.replace(/\/$/, '');
  switch (`${request.method} ${path}`) {
    case 'GET /healthz':
      return sendJson(response, 200, { status: 'ok' });
    case 'GET /v1/models':
      return sendJson(response, 200, { object: 'list', data: [describeModel(model)] });
    case `GET /v1/models/${model.id}`:
      return sendJson(response, 200, describeModel(model));
    case 'POST /v1/chat/completions':
      return complete(model, request, response);
    default:
      return sendError(response, 404, 'not_found', `there is no ${request.method} ${pathname} here`);
  }
}

function describeModel({ id }: ServedModel) {
  return { id, object: 'model', created, owned_by: 'nano-analyst' };
}

async function complete(
  served: ServedModel,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === null)
    return sendError(response, 413, 'too_large', `a request holds at most ${largestBody} bytes`);
  const parsed = completionRequestSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`,
    );
    return sendError(response, 400, 'invalid_request_error', problems.join('; '));
  }
  const { model, messages, n, seed, stream, stream_options: streamOptions } = parsed.data;
  if (model !== served.id)
    return sendError(
      response,
      404,
      'model_not_found',
      `the model ${model} does not exist; this server has ${served.id}`,
    );
  const completion = completionOf(served.id, messages, served.reply(messages, n, seed));
  if (!stream) return sendJson(response, 200, completion);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  for (const chunk of chunksOf(completion, streamOptions?.include_usage ?? false))
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  response.end('data: [DONE]\n\n');
}

/** The whole body, or null once it is past the limit. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= largestBody) parts.push(part);
  }
  return size > largestBody ? null : Buffer.concat(parts).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  sendJson(response, status, { error: { message, type, param: null, code } });
}
