import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** Shorter than servers keep an idle connection (uvicorn, and so vLLM: 5 s): none is used that the server just closes. */
const idleMs = 4_000;

/**
 * What the openai package needs of `fetch`: a text as the body, a signal, a reply to be read once. Node's own took more of the
 * generator's CPU time than anything else (`npm run bench:pipeline -- --profile DIR`). It follows no redirection.
 */
export function httpFetch(): (url: string | URL | Request, init?: RequestInit) => Promise<Response> {
  const options = { keepAlive: true, timeout: idleMs };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  return (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const { method = 'GET', headers, body, signal } = init;
    if (body !== undefined && body !== null && typeof body !== 'string')
      throw new TypeError('Only a text can be sent.');
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const isSecure = url.protocol === 'https:';
    const sent = (isSecure ? requestHttps : requestHttp)(url, {
      method,
      agent: isSecure ? agents.https : agents.http,
      headers: {
        ...Object.fromEntries(new Headers(headers)),
        ...(body && { 'content-length': Buffer.byteLength(body) }),
      },
      ...(signal && { signal }),
    });
    sent.once('error', reject).once('response', (reply) => resolve(toResponse(reply)));
    sent.end(body);
    return promise;
  };
}

/** Statuses without a body (Fetch standard, "null body status"). */
const bodiless = new Set([204, 205, 304]);

function toResponse(reply: IncomingMessage): Response {
  const { statusCode: status = 502, headersDistinct } = reply;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  if (bodiless.has(status)) reply.resume();
  return new Response(bodiless.has(status) ? null : reply, { status, headers });
}
