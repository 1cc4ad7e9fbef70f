import type { Duplex } from 'node:stream';
import pg from 'pg';
import { expiryOf } from '../telemetry/tls-expiry.js';

const answerWithinMs = 5_000;

/** When the certificate of a PostgreSQL server runs out, which shows it only to those who speak its protocol; null where the URL asks for no TLS. */
export async function postgresExpiry(connectionString: string): Promise<number | null> {
  if (!/[?&]ssl/.test(connectionString)) return null;
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: answerWithinMs,
    application_name: 'nano-analyst certificate',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return expiryOf((client as unknown as { connection: { stream: Duplex } }).connection.stream);
  } finally {
    await client.end();
  }
}
