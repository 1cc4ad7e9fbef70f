import type { Cluster, Redis } from 'ioredis';
import { ConfigurationError } from '../config/environment.js';
import { describeError } from '../errors/app-error.js';
import { readRedisFacts, type RedisFacts } from './redis-facts.js';
import { within } from './within.js';

const answerWithinMs = 3_000;
const refusedCredentials = /^(WRONGPASS|NOAUTH|ERR invalid password)/;

/**
 * Whether the Redis keeps the jobs that it is given. INFO tells it also where CONFIG is forbidden. A Redis that is
 * away, or forbids both, is no reason not to start: PostgreSQL holds the state, and the queue may come.
 * @returns warnings for operators
 * @throws ConfigurationError when it evicts keys or refuses the credentials
 */
export async function checkRedis(client: Redis | Cluster): Promise<string[]> {
  let lastError: unknown;
  const listener = (error: unknown) => (lastError = error);
  client.on('error', listener);
  try {
    const facts = await within(answerWithinMs, readRedisFacts(client));
    return [...new Set(facts.flatMap(judge))];
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const reason = describeError(lastError ?? error);
    if (refusedCredentials.test(reason))
      throw new ConfigurationError(`The Redis of QUEUE_URL refuses the credentials: ${reason}`);
    return [uncheckable(reason)];
  } finally {
    client.off('error', listener);
  }
}

function judge({ maxmemoryPolicy: policy, hasAof }: RedisFacts): string[] {
  if (policy === null) return [uncheckable('INFO does not tell its maxmemory-policy')];
  if (policy !== 'noeviction') {
    throw new ConfigurationError(
      `The Redis of QUEUE_URL would evict jobs: its maxmemory-policy is ${policy}. ` +
        'Set it to noeviction: `redis-cli config set maxmemory-policy noeviction`, and in redis.conf.',
    );
  }
  if (hasAof) return [];
  return [
    'The Redis of QUEUE_URL has no append-only file: after its crash, jobs are done again from their last stage. Set appendonly to yes.',
  ];
}

function uncheckable(reason: string): string {
  return `Whether the Redis of QUEUE_URL keeps its jobs could not be checked: ${reason}. It must have maxmemory-policy noeviction.`;
}
