import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, describe, expect, it } from '@jest/globals';
import { accessPolicySchema } from '#shared/contracts/datasource';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import { processIsolation } from '../../apps/executor/src/sandbox/isolation/isolation.js';
import { cleanups } from '../support/cleanups.js';
import { createEmptyDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

const cleanup = cleanups();
const { postgresUrl, mariadbUrl = '' } = testServers();

/** What stands between the sandbox and its server lets so many pieces of the server's through. */
async function through(url: string, pieces: number, then: 'silence' | 'end'): Promise<string> {
  const sockets: Socket[] = [];
  let left = pieces;
  const { hostname, port } = new URL(url);
  const proxy = createServer((client) => {
    const server = connect(Number(port), hostname);
    sockets.push(client, server);
    for (const socket of [client, server]) socket.on('error', () => {});
    client.pipe(server);
    server.on('data', (piece) => {
      left -= 1;
      if (left >= 0) client.write(piece);
      else if (then === 'end') client.destroy();
    });
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  cleanup(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const way = new URL(url);
  way.hostname = '127.0.0.1';
  way.port = String((proxy.address() as AddressInfo).port);
  return way.href;
}

const policy = accessPolicySchema.parse({ timeoutMs: 500 });
const sandbox = new DialectSandbox({ isolation: processIsolation });
afterAll(() => sandbox.close());

async function ask(dialect: 'postgres' | 'mysql', url: string, pieces: number, then: 'silence' | 'end') {
  const connection = { dialect, url: await through(url, pieces, then) };
  return sandbox.run(
    { datasourceId: `${pieces}`, connection, policy },
    'SELECT 1',
    AbortSignal.timeout(60_000),
  );
}

describe('a server that is lost while its catalogue is read', () => {
  it.each([
    ['postgres', 5],
    ['postgres', 9],
    ['mysql', 4],
    ['mysql', 7],
  ] as const)('is unreachable: %s, after %d pieces', async (dialect, pieces) => {
    const url = dialect === 'mysql' ? named(mariadbUrl) : await emptyPostgres();
    await expect(ask(dialect, url, pieces, 'end')).rejects.toMatchObject({ code: 'database_unreachable' });
  });

  it('and keeps silent holds nobody for long', async () => {
    const url = await emptyPostgres();
    const answers = [ask('postgres', url, 6, 'silence'), ask('mysql', named(mariadbUrl), 6, 'silence')];
    // Both at once: one that nobody awaits yet when it rejects would end the test by itself.
    await Promise.all(
      answers.map((answer) => expect(answer).rejects.toMatchObject({ code: 'database_unreachable' })),
    );
  }, 25_000);
});

async function emptyPostgres(): Promise<string> {
  const { url, drop } = await createEmptyDatabase(postgresUrl);
  cleanup(drop);
  return url;
}

/** A database that every server has. */
function named(url: string): string {
  const one = new URL(url);
  one.pathname = '/mysql';
  return one.href;
}
