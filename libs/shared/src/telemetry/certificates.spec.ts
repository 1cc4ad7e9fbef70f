import { X509Certificate } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Certificates } from './certificates.js';
import { Metrics } from './metrics.js';
import { testCertificate } from './test-support/certificate.js';
import { httpsExpiry } from './tls-expiry.js';

describe('certificates', () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer(testCertificate);
    // A client that hangs up in the middle is no matter.
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it.each(['127.0.0.1', 'localhost'])('tell when they run out, trusted or not (%s)', async (host) => {
    expect(await httpsExpiry(`https://${host}:${port}/v1`)).toBe(
      Date.parse(new X509Certificate(testCertificate.cert).validTo),
    );
  });

  it('are none without TLS', async () => {
    expect(await httpsExpiry(`http://127.0.0.1:${port}`)).toBeNull();
  });

  it('are looked at behind a scrape, and one that cannot be seen keeps no other from being seen', async () => {
    const metrics = new Metrics();
    const certificates = new Certificates(metrics);
    certificates.watch('away', () => httpsExpiry('https://127.0.0.1:1'));
    certificates.watch('plain', async () => null);
    const looked = Promise.withResolvers<void>();
    certificates.watch('index', async () => {
      const expiry = await httpsExpiry(`https://127.0.0.1:${port}`);
      setImmediate(looked.resolve);
      return expiry;
    });
    expect(await metrics.scrape()).not.toContain('peer=');
    await looked.promise;
    const seen = (await metrics.scrape()).match(/^nano_certificate_expiry_timestamp_seconds\{.*/gm) ?? [];
    expect(seen).toEqual([expect.stringMatching(/\{peer="index"\} \d{10,}$/)]);
  });

  it('are shown no longer of a server that is spoken to no longer', async () => {
    const metrics = new Metrics();
    const certificates = new Certificates(metrics);
    const names = ['model:old', 'model:kept'];
    certificates.watchEach(() => names.map((name) => [name, async () => 1_000]));
    const shown = async () => {
      await metrics.scrape();
      return (await metrics.scrape()).match(/(?<=peer=")[^"]+/g);
    };
    expect(await shown()).toEqual(['model:old', 'model:kept']);
    names.shift();
    expect(await shown()).toEqual(['model:old', 'model:kept']);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 3_600_001);
    expect(await shown()).toEqual(['model:kept']);
    jest.restoreAllMocks();
  });
});
