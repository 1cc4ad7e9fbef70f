import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { reply } from '../reply.js';
import { completionRequestSchema, completionOf, chunksOf, modelId } from './completions.js';

const largestBody = 16 * 1024 * 1024;
const created = Math.floor(Date.now() / 1000);

/** The part of the OpenAI API that a chat client needs, answered by rules instead of a language model. */
export function createBaselineServer(): Server {
  return createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendError(response, 500, 'internal_error', error instanceof Error ? error.message : String(error));
    });
  });
}

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://baseline');
  const path = pathname.replace(/\/$/, '');
  switch (`${request.method} ${path}`) {
    case 'GET /healthz':
      return sendJson(response, 200, { status: 'ok' });
    case 'GET /v1/models':
      return sendJson(response, 200, { object: 'list', data: [describeModel()] });
    case `GET /v1/models/${modelId}`:
      return sendJson(response, 200, describeModel());
    case 'POST /v1/chat/completions':
      return complete(request, response);
    default:
      return sendError(response, 404, 'not_found', `there is no ${request.method} ${pathname} here`);
  }
}

function describeModel() {
  return { id: modelId, object: 'model', created, owned_by: 'nano-analyst' };
}

async function complete(request: IncomingMessage, response: ServerResponse): Promise<void> {
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
  const { model, messages, n, stream, stream_options: streamOptions } = parsed.data;
  if (model !== modelId)
    return sendError(
      response,
      404,
      'model_not_found',
      `the model ${model} does not exist; this server has ${modelId}`,
    );
  const completion = completionOf(messages, reply(messages, n));
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
