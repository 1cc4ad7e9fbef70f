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

/** Where the jobs are kept: one connection (pool) an app, shared by its queues and workers. */
export interface QueueBackend {
  kind: 'redis' | 'postgres';
  connection: ConnectionOptions;
  /** Resolves when the backend answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Workers hold one connection each to wait on; the rest serves commands. */
const postgresPoolSize = 8;

/**
 * Chooses the backend by the scheme of QUEUE_URL: `redis`, `rediss`, `redis+sentinel`, `redis+cluster` or `postgres`.
 * BullMQ's backend is a setting of the process, so all queues of a process use the same one.
 */
export function openQueueBackend(url: string): QueueBackend {
  const { protocol } = new URL(url);
  if (protocol.startsWith('postgres')) {
    setDefaultBackendFactory(createPostgresBackend as never);
    return postgresBackend(url);
  }
  setDefaultBackendFactory();
  return redisBackend(openRedis(url));
}

function redisBackend(client: Redis | Cluster): QueueBackend {
  client.on('error', () => undefined);
  return {
    kind: 'redis',
    connection: client,
    ping: async () => {
      await client.ping();
    },
    close: async () => {
      client.disconnect();
    },
  };
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

/** `redis+sentinel://[user:password@]host:26379,host2:26379/master-name[?db=1]`, `redis+cluster://[user:password@]host:6379,host2:6379` */
export function openRedis(url: string): Redis | Cluster {
  const { scheme, username, password, hosts, path, database, tls } = parseRedisUrl(url);
  const options: RedisOptions = {
    maxRetriesPerRequest: null,
    retryStrategy: (tries) => Math.min(tries * 100, 2_000),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...(tls && { tls: {} }),
  };
  if (scheme === 'redis+cluster')
    return new Cluster(hosts, {
      redisOptions: options,
      clusterRetryStrategy: (tries) => Math.min(tries * 100, 2_000),
    });
  if (scheme === 'redis+sentinel')
    return new Redis({ ...options, sentinels: hosts, name: path, db: database });
  return new Redis({ ...options, ...hosts[0], db: path === '' ? database : Number(path) });
}

export interface RedisUrl {
  scheme: string;
  username: string;
  password: string;
  hosts: { host: string; port: number }[];
  path: string;
  database: number;
  tls: boolean;
}

export function parseRedisUrl(url: string): RedisUrl {
  const match =
    /^(?<scheme>[a-z+]+):\/\/(?:(?<auth>[^@/]*)@)?(?<hosts>[^/?]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/.exec(
      url,
    )?.groups;
  if (!match) throw new Error('QUEUE_URL is no valid URL.');
  const [username = '', password = ''] = (match['auth'] ?? '').split(':').map(decodeURIComponent);
  const scheme = match['scheme'] ?? '';
  const defaultPort = scheme === 'redis+sentinel' ? 26_379 : 6_379;
  const hosts = (match['hosts'] ?? '').split(',').map((host) => {
    const parts = /^(?<name>\[[^\]]+\]|[^:]+)(?::(?<port>\d+))?$/.exec(host)?.groups;
    return {
      host: (parts?.['name'] ?? host).replace(/^\[|\]$/g, ''),
      port: Number(parts?.['port'] ?? defaultPort),
    };
  });
  const query = new URLSearchParams(match['query'] ?? '');
  return {
    scheme,
    username,
    password,
    hosts,
    path: match['path'] ?? '',
    database: Number(query.get('db') ?? 0),
    tls: scheme === 'rediss' || query.get('tls') === 'true',
  };
}
