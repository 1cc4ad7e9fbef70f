import type { CliConfig } from '../config.js';
import { describeError } from '#shared/errors/app-error';
import type { RedisFacts } from '#shared/queue/redis-facts';
import { fail, ok, warn, type Check } from './check.js';

const leastRedis = [6, 2] as const;
const connectMs = 5_000;

/** BullMQ needs noeviction; a queue that forgets is survived, at the cost of doing its jobs again. */
export async function checkQueue({ queueUrl }: CliConfig): Promise<Check[]> {
  if (queueUrl === undefined || queueUrl.startsWith('postgres'))
    return [ok('queue', 'on PostgreSQL, durable with it')];
  try {
    return (await readRedis(queueUrl)).map(judge);
  } catch (error) {
    return [fail('queue', describeError(error), 'Check QUEUE_URL and that the server runs.')];
  }
}

export function judge({ version, maxmemoryPolicy, hasAof, ...facts }: RedisFacts): Check {
  const { isPersisting, evictedKeys, usedBytes, limitBytes } = facts;
  const detail = `Redis ${version}, ${hasAof ? 'append-only file' : 'no append-only file'}, eviction ${maxmemoryPolicy ?? 'unknown'}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isKnown = version !== '';
  if (isKnown && (major < leastRedis[0] || (major === leastRedis[0] && minor < leastRedis[1])))
    return fail('queue', detail, 'Use Redis 6.2 or later, or Valkey.');
  if (maxmemoryPolicy !== null && maxmemoryPolicy !== 'noeviction')
    return fail('queue', detail, 'Set maxmemory-policy to noeviction: evicted jobs are lost jobs.');
  if (!isPersisting)
    return fail(
      'queue',
      `${detail}, could not write to its disk`,
      'See the log of Redis: the disk is full, or not its to write to. It may refuse jobs meanwhile.',
    );
  if (limitBytes > 0 && usedBytes > limitBytes * 0.9)
    return warn(
      'queue',
      `${detail}, ${Math.round((usedBytes / limitBytes) * 100)} % of maxmemory in use`,
      'Raise maxmemory: a Redis that is full takes no jobs. docs/runbooks.md#nanoredisfull.',
    );
  if (evictedKeys > 0)
    return warn(
      'queue',
      `${detail}, has evicted ${evictedKeys} keys since its start`,
      'docs/runbooks.md#nanoredisevicts: lost jobs are made anew by the reconciler.',
    );
  if (!hasAof)
    return warn(
      'queue',
      detail,
      'Set appendonly to yes; without it, jobs since the last snapshot run again after a crash.',
    );
  return ok('queue', detail);
}

/** Of every Redis that holds jobs. */
async function readRedis(url: string): Promise<RedisFacts[]> {
  const { openRedis } = await import('#shared/queue/queue-backend');
  const { readRedisFacts } = await import('#shared/queue/redis-facts');
  const { within } = await import('#shared/queue/within');
  const client = openRedis(url);
  client.on('error', () => undefined);
  try {
    return await within(connectMs, readRedisFacts(client));
  } finally {
    client.disconnect();
  }
}
