import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { testCertificate } from '#shared/telemetry/test-support/certificate';
import { shownSafely } from '../check.js';
import { checkDeployment } from './deployment.js';
import { unreachable } from './unreachable.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(server: Server, scheme = 'http'): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answering(status: number, body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const answer: RequestListener = (_, response) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  return listening(createHttp(answer));
}

const check = async (url: string, apiKey?: string) => (await checkDeployment(url, { apiKey })).at(-1);

describe('a gateway that does not answer', () => {
  it('has a name that nobody knows', async () =>
    expect(await check('http://nano.invalid')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('name is not found'),
      mend: expect.stringContaining('DNS'),
    }));

  it('is not at the port', async () => {
    const url = await answering(200, '');
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await check(url)).toMatchObject({
      detail: expect.stringContaining('nothing listens there'),
      mend: expect.stringContaining('port'),
    });
  });

  it('has a certificate that is not trusted', async () => {
    const url = await listening(createHttps(testCertificate), 'https');
    expect(await check(url)).toMatchObject({
      detail: expect.stringContaining('not trusted here'),
      mend: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  it.each(['http', 'https'])('speaks the other one of TLS and plain text, asked by %s', async (scheme) => {
    const other = scheme === 'http' ? createHttps(testCertificate) : createHttp();
    expect(await check(await listening(other, scheme))).toMatchObject({
      detail: expect.stringContaining('one side speaks TLS'),
      mend: expect.stringContaining('https://'),
    });
  });

  it('takes too long', () =>
    expect(unreachable('http://nano', new DOMException('late', 'TimeoutError'))).toMatchObject({
      detail: expect.stringContaining('does not answer in 10 s'),
    }));
});

describe('what answers and is no report', () => {
  const problem = (code: string, detail: string) => ({ status: 401, code, detail });

  it.each<[string, number, unknown, string | undefined, object]>([
    [
      'a gateway that wants a key',
      401,
      problem('unauthorized', 'Send one.'),
      undefined,
      { name: 'api key', detail: expect.stringContaining('none is sent') },
    ],
    [
      'a gateway that refuses the key',
      401,
      problem('unauthorized', 'The API key was valid until 2026-01-01.'),
      'k',
      { name: 'api key', detail: expect.stringContaining('valid until 2026-01-01') },
    ],
    ['a proxy that forbids', 403, '<html>', 'k', { mend: expect.stringContaining('refuses this machine') }],
    ['a proxy with a login', 302, '', 'k', { mend: expect.stringContaining('log in') }],
    [
      'a proxy without a gateway',
      502,
      '<html>',
      'k',
      { mend: expect.stringContaining('reaches no gateway') },
    ],
    ['another path', 404, '<html>', 'k', { mend: expect.stringContaining('--url') }],
    [
      'a gateway from before',
      404,
      problem('not_found', 'There is nothing at this path.'),
      'k',
      { mend: expect.stringContaining('Upgrade') },
    ],
    ['another service', 200, { hello: 1 }, 'k', { detail: expect.stringContaining('not as a gateway does') }],
    ['another form', 200, { version: '9.0.0' }, 'k', { detail: expect.stringContaining('9.0.0') }],
  ])('is %s', async (_, status, body, apiKey, line) => {
    const url = await answering(status, body, { location: 'http://127.0.0.1:9/login' });
    expect(await check(url, apiKey)).toMatchObject({ status: 'fail', ...line });
  });

  it('is an answer without end', async () => {
    const url = await listening(
      createHttp((_, response) => {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      }),
    );
    expect(await check(url, 'k')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('no end'),
    });
  });

  it('is never more than a line, and moves no cursor', async () => {
    const hostile = '\u001b[2J\u001b]0;x\u0007\nok    all is well \u202Etxt\u2066 \u009b31m';
    const url = await answering(500, problem('internal', hostile + 'x'.repeat(2_000)));
    const { detail } = shownSafely((await check(url, 'k'))!);
    // eslint-disable-next-line no-control-regex -- these must not be there
    expect(detail).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/u);
    expect(detail.length).toBeLessThan(700);
  });
});
