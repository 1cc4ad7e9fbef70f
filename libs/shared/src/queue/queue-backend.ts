import {
  type ConnectionOptions,
  createPostgresBackend,
  DEFAULT_SCHEMA,
  quoteSchemaName,
  runMigrations,
  setDefaultBackendFactory,
} from 'bullmq';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import pg from 'pg';
import { postgresExpiry } from '../persistence/postgres-certificate.js';
import { tlsExpiry } from '../telemetry/tls-expiry.js';
import { checkRedis } from './redis-check.js';
import { readRedisFacts, type RedisFacts } from './redis-facts.js';
import { parseRedisUrl } from './redis-url.js';
import { within } from './within.js';

/** Where the jobs are kept: one connection (pool) an app, shared by its queues and workers. */
export interface QueueBackend {
  kind: 'redis' | 'postgres';
  connection: ConnectionOptions;
  /** Where the queue is on PostgreSQL. */
  pool: pg.Pool | null;
  /**
   * Whether it keeps its jobs; resolves to warnings.
   * @throws ConfigurationError when it must not be used
   */
  check(): Promise<string[]>;
  /** Of each Redis that holds jobs; none on PostgreSQL. */
  redisFacts(): Promise<RedisFacts[]>;
  /** Milliseconds since 1970 at which a certificate of its servers runs out, the earliest; null without TLS, or where only sentinels are known. */
  certificateExpiry(): Promise<number | null>;
  /** Resolves when the backend answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Workers hold one connection each to wait on; the rest serves commands. */
const postgresPoolSize = 8;

const factsWithinMs = 2_000;

/**
 * Chooses the backend by the scheme of QUEUE_URL: `redis`, `rediss`, `redis+sentinel`, `redis+cluster` or `postgres`.
 * BullMQ's backend is a setting of the process, so all queues of a process use the same one.
 */
export function openQueueBackend(url: string): QueueBackend {
  if (url.startsWith('postgres')) {
    setDefaultBackendFactory(createPostgresBackend as never);
    return postgresBackend(url);
  }
  setDefaultBackendFactory();
  return redisBackend(openRedis(url), url);
}

function redisBackend(client: Redis | Cluster, url: string): QueueBackend {
  client.on('error', () => undefined);
  return {
    kind: 'redis',
    connection: client,
    pool: null,
    check: () => checkRedis(client),
    redisFacts: () => within(factsWithinMs, readRedisFacts(client)),
    certificateExpiry: () => redisExpiry(url),
    ping: async () => {
      await client.ping();
    },
    close: async () => {
      client.disconnect();
    },
  };
}

async function redisExpiry(url: string): Promise<number | null> {
  const { scheme, hosts, tls } = parseRedisUrl(url);
  if (!tls || scheme === 'redis+sentinel') return null;
  const seen = await Promise.all(hosts.map(({ host, port }) => tlsExpiry(host, port)));
  return Math.min(...seen.map((expiry) => expiry ?? Infinity));
}

function postgresBackend(url: string): QueueBackend {
  const pool = new pg.Pool({
    connectionString: url,
    max: postgresPoolSize,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'nano-analyst queue',
    // A lost job is made again by the reconciler, so the queue need not wait for the disk.
    options: `-c search_path=${quoteSchemaName(DEFAULT_SCHEMA)} -c synchronous_commit=off`,
  });
  pool.on('error', () => undefined);
  return {
    kind: 'postgres',
    connection: pool,
    pool,
    check: async () => [],
    redisFacts: async () => [],
    certificateExpiry: () => postgresExpiry(url),
    ping: async () => {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
}

/** Creates or updates the tables of the PostgreSQL queue. The gateway does, before there is any job; Redis needs nothing. */
export async function prepareQueue(url: string): Promise<void> {
  if (!url.startsWith('postgres')) return;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

export function openRedis(url: string): Redis | Cluster {
  const { scheme, username, password, hosts, master, database, tls } = parseRedisUrl(url);
  const options: RedisOptions = {
    maxRetriesPerRequest: null,
    retryStrategy: (tries) => Math.min(tries * 100, 2_000),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(tls && { tls: {} }),
  };
  switch (scheme) {
    case 'redis+cluster':
      return new Cluster(hosts, {
        redisOptions: options,
        clusterRetryStrategy: (tries) => Math.min(tries * 100, 2_000),
      });
    case 'redis+sentinel':
      return new Redis({ ...options, sentinels: hosts, name: master, db: database });
    case 'redis':
    case 'rediss':
      return new Redis({ ...options, ...hosts[0], db: database });
  }
}
