import type { CliConfig } from '../config.js';
import { attempt, fail, ok, warn, type Check } from './check.js';

const leastRedis = [6, 2] as const;
const connectMs = 5_000;

/** BullMQ needs noeviction; a queue that forgets is survived, at the cost of doing its jobs again. */
export function checkQueue({ queueUrl }: CliConfig): Promise<Check> {
  return attempt('queue', 'Check QUEUE_URL and that the server runs.', async () => {
    if (queueUrl === undefined || queueUrl.startsWith('postgres'))
      return ok('queue', 'on PostgreSQL, durable with it');
    return judge(await readRedis(queueUrl));
  });
}

export interface RedisFacts {
  version: string;
  /** Null where CONFIG is not allowed, as on many managed servers. */
  evictionPolicy: string | null;
  isAppendOnly: boolean;
}

export function judge({ version, evictionPolicy, isAppendOnly }: RedisFacts): Check {
  const detail = `Redis ${version}, ${isAppendOnly ? 'append-only file' : 'no append-only file'}, eviction ${evictionPolicy ?? 'unknown'}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < leastRedis[0] || (major === leastRedis[0] && minor < leastRedis[1])) {
    return fail('queue', detail, 'Use Redis 6.2 or later, or Valkey.');
  }
  if (evictionPolicy !== null && evictionPolicy !== 'noeviction') {
    return fail('queue', detail, 'Set maxmemory-policy to noeviction: evicted jobs are lost jobs.');
  }
  if (!isAppendOnly) {
    return warn(
      'queue',
      detail,
      'Set appendonly to yes; without it, jobs since the last snapshot run again after a crash.',
    );
  }
  return ok('queue', detail);
}

async function readRedis(url: string): Promise<RedisFacts> {
  const { openRedis } = await import('#shared/queue/queue-backend');
  const client = openRedis(url);
  client.on('error', () => undefined);
  const timeout = AbortSignal.timeout(connectMs);
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () => reject(new Error(`no answer in ${connectMs / 1000} s`)));
  });
  try {
    return await Promise.race([late, readFacts(client)]);
  } finally {
    client.disconnect();
  }
}

async function readFacts(client: {
  info(): Promise<string>;
  call(...command: [string, ...string[]]): Promise<unknown>;
}) {
  const info = await client.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'mu').exec(info)?.[1] ?? '';
  const policy = await client.call('config', 'get', 'maxmemory-policy').catch(() => null);
  return {
    version: field('valkey_version')
      ? `${field('redis_version')} (Valkey ${field('valkey_version')})`
      : field('redis_version'),
    evictionPolicy: Array.isArray(policy) && typeof policy[1] === 'string' ? policy[1] : null,
    isAppendOnly: field('aof_enabled') === '1',
  };
}
