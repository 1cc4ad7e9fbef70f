import { connect, type PeerCertificate, TLSSocket } from 'node:tls';

const answerWithinMs = 5_000;

/** Milliseconds since 1970 at which the certificate of a peer runs out; null where the connection is not encrypted. */
export function expiryOf(stream: unknown): number | null {
  if (!(stream instanceof TLSSocket)) return null;
  const { valid_to: end } = stream.getPeerCertificate() as Partial<PeerCertificate>;
  return end === undefined ? null : Date.parse(end);
}

/** Looks at the certificate that a server shows, and says nothing. One that is not trusted runs out too. */
export function tlsExpiry(host: string, port: number): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  // An address is no name to ask for.
  const socket = connect({
    host,
    port,
    ...(!/^[\d.]+$|:/.test(host) && { servername: host }),
    rejectUnauthorized: false,
  });
  socket
    .setTimeout(answerWithinMs, () => socket.destroy(new Error(`no answer in ${answerWithinMs} ms`)))
    .once('secureConnect', () => {
      resolve(expiryOf(socket));
      socket.destroy();
    })
    .once('error', reject);
  return promise;
}

/** The same for the server of a URL; null where that is not `https`. */
export async function httpsExpiry(url: string): Promise<number | null> {
  const { protocol, hostname, port } = new URL(url);
  return protocol === 'https:' ? tlsExpiry(hostname.replace(/^\[|\]$/g, ''), Number(port || 443)) : null;
}
