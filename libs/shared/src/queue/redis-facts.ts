import { Cluster, type Redis } from 'ioredis';

/** What one Redis says of itself in INFO. Null where an ACL hides it. */
export interface RedisFacts {
  /** Empty where it is hidden. */
  version: string;
  maxmemoryPolicy: string | null;
  hasAof: boolean;
  /** Whether what it last wrote to its disk was written. */
  isPersisting: boolean;
  /** Since it was started. */
  evictedKeys: number;
  usedBytes: number;
  /** 0 is no limit. */
  limitBytes: number;
}

/** Of every Redis that holds jobs: one, or each master of a cluster. */
export async function readRedisFacts(client: Redis | Cluster): Promise<RedisFacts[]> {
  if (!(client instanceof Cluster)) return [factsOf(await client.info())];
  const masters = client.nodes('master');
  // Before it has found its nodes a cluster has none; the command waits for them.
  if (masters.length === 0) return client.ping().then(() => readRedisFacts(client));
  return (await Promise.all(masters.map((node) => node.info()))).map(factsOf);
}

function factsOf(info: string): RedisFacts {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'mu').exec(info)?.[1];
  const number = (name: string) => Number(field(name) ?? 0);
  return {
    maxmemoryPolicy: field('maxmemory_policy') ?? null,
    version: field('valkey_version')
      ? `${field('redis_version') ?? ''} (Valkey ${field('valkey_version')})`
      : (field('redis_version') ?? ''),
    hasAof: field('aof_enabled') === '1',
    isPersisting: ![field('aof_last_write_status'), field('rdb_last_bgsave_status')].includes('err'),
    evictedKeys: number('evicted_keys'),
    usedBytes: number('used_memory'),
    limitBytes: number('maxmemory'),
  };
}
