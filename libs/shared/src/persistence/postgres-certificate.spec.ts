import { X509Certificate } from 'node:crypto';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testCertificate } from '../telemetry/test-support/certificate.js';
import { postgresExpiry } from './postgres-certificate.js';

/** As much of the protocol as a client needs to be let in over TLS: an `S`, then that it is welcome, and that it may ask. */
const welcome = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);
let server: Server;
let origin: string;

beforeAll(async () => {
  const secureContext = createSecureContext(testCertificate);
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('S');
      const inner = new TLSSocket(socket, { isServer: true, secureContext });
      inner.on('error', () => undefined);
      inner.once('data', () => inner.write(welcome));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `postgres://nano@127.0.0.1:${(server.address() as AddressInfo).port}/nano`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

it('tells when the certificate of a PostgreSQL runs out', async () => {
  expect(await postgresExpiry(`${origin}?sslmode=no-verify`)).toBe(
    Date.parse(new X509Certificate(testCertificate.cert).validTo),
  );
});

it('does not ask where the URL wants no TLS', async () => {
  expect(await postgresExpiry(origin)).toBeNull();
});

it('fails where the certificate is not trusted, as the connections of the service do', async () => {
  await expect(postgresExpiry(`${origin}?sslmode=verify-full`)).rejects.toThrow(/certificate/);
});
