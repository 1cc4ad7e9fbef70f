import type { Redis } from 'ioredis';
import pg from 'pg';
import { openRedis } from '#shared/queue/queue-backend';

const channel = 'bare_end';

/**
 * How the last worker tells the producer that a chain has ended: a message of the backend itself.
 * QueueEvents would do on Redis; on PostgreSQL it skips events whose transactions commit out of order.
 */
export async function endSender(url: string): Promise<(id: string) => Promise<unknown>> {
  if (isPostgres(url)) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return (id) => client.query({ name: 'end', text: 'select pg_notify($1, $2)', values: [channel, id] });
  }
  const client = openRedis(url) as Redis;
  return (id) => client.publish(channel, id);
}

export async function hearEnds(url: string, onEnd: (id: string) => void): Promise<void> {
  if (isPostgres(url)) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    client.on('notification', ({ payload = '' }) => onEnd(payload));
    await client.query(`listen ${channel}`);
    return;
  }
  const client = openRedis(url) as Redis;
  client.on('message', (_channel: string, id: string) => onEnd(id));
  await client.subscribe(channel);
}

function isPostgres(url: string): boolean {
  return url.startsWith('postgres');
}
