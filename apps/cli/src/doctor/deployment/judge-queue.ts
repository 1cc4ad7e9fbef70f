import type { Diagnostics, QueueFacts } from '#shared/contracts/diagnostics';
import { mendOf } from '../../client/problem.js';
import { type Check, fail, ok, warn } from '../check.js';
import { judge as judgeRedis } from '../queue.js';
import { inWords } from './durations.js';

const oldSeconds = 30;
const recentMs = 24 * 3_600_000;

/** Ends of queries that nothing is to be done about: the alert NanoDeadLetters leaves out the same. */
const harmless = new Set(['not_answerable', 'no_tables', 'datasource_removed', 'caller_refused']);

const moreOf: Record<string, string> = {
  retrieve: 'More retrievers, with QDRANT_URL so that they share an index.',
  index: 'More retrievers; a large schema takes minutes.',
  generate: 'More generators up to what the model server batches, then a faster or second model server.',
  explain: 'More generators up to what the model server batches, then a faster or second model server.',
  execute: 'More executors; indexes in the target database.',
  check: 'More executors.',
};

export function judgeQueue({ queueBackend, queues, redis }: Diagnostics, now: number): Check[] {
  if ('error' in queues)
    return [
      fail(
        'queue',
        `${queueBackend === 'redis' ? 'Redis' : 'PostgreSQL'} does not answer the gateway: ${queues.error}`,
        'Check that it runs, QUEUE_URL and its password, and the network policy `to-state`; docs/runbooks.md#nanoqueueaway. Accepted questions wait in PostgreSQL meanwhile.',
      ),
    ];
  return [...judgeBackend(queueBackend, redis), ...queues.map((each) => judgeStage(each, now))];
}

function judgeBackend(backend: Diagnostics['queueBackend'], redis: Diagnostics['redis']): Check[] {
  if (backend === 'postgres') return [ok('queue', 'on PostgreSQL, durable with it')];
  if (!('error' in redis) && redis.length > 0) return redis.map(judgeRedis);
  return [
    warn(
      'queue',
      'Redis answers, and does not say how it keeps its jobs',
      'Allow the command INFO. It must have maxmemory-policy noeviction, and appendonly yes.',
    ),
  ];
}

function judgeStage(
  { queue, waiting, active, delayed, oldestSeconds, ...dead }: QueueFacts,
  now: number,
): Check {
  const name = `queue: ${queue}`;
  const counts = [`${waiting} waiting`, `${active} active`, `${delayed} delayed`];
  const oldest = oldestSeconds > 0 ? [`the oldest for ${inWords(oldestSeconds * 1_000)}`] : [];
  const mends = dead.deadLetterCodes
    .filter(({ code, newestAt }) => !harmless.has(code) && now - Date.parse(newestAt) < recentMs)
    .map(({ code, count }) => ({
      detail: `${count} set aside with ${code}`,
      mend: `${mendOf(code) ?? 'See docs/errors.md.'} docs/runbooks.md#nanodeadletters says where to look.`,
    }));
  const detail = [...counts, ...oldest, ...mends.map((each) => each.detail)].join(', ');
  if (waiting > 0 && oldestSeconds > oldSeconds)
    return warn(name, detail, `${moreOf[queue] ?? ''} See docs/runbooks.md#nanobacklogold.`.trim());
  const [first] = mends;
  return first ? warn(name, detail, first.mend) : ok(name, detail);
}
