import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { testCertificate } from '#shared/telemetry/test-support/certificate';
import { freePort } from './redis.js';

/** TLS before a server that speaks without: a port of localhost whose certificate only those trust who are told to. */
export async function startTlsFront(behind: number): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const server = createServer(testCertificate, (socket) => {
    const inner = connect(behind, '127.0.0.1');
    socket.pipe(inner).pipe(socket);
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
    socket.once('close', () => inner.destroy());
  });
  // Who only looks at the certificate hangs up in the middle.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { port, stop: () => new Promise((resolve) => server.close(() => resolve())) };
}
