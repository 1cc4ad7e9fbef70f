import type { Registry } from 'prom-client';
import { ObservedGauge } from '../observed-gauge.js';

export const redisMetrics = (registry: Registry) => ({
  aof: new ObservedGauge({
    name: 'nano_redis_aof_enabled',
    help: 'Whether every Redis of the queue has an append-only file',
    registers: [registry],
  }),
  noEviction: new ObservedGauge({
    name: 'nano_redis_noeviction',
    help: 'Whether the maxmemory-policy of every Redis of the queue is noeviction',
    registers: [registry],
  }),
  evicted: new ObservedGauge({
    name: 'nano_redis_evicted_keys',
    help: 'Keys that the Redis of the queue evicted since it was started',
    registers: [registry],
  }),
  memory: new ObservedGauge({
    name: 'nano_redis_memory_bytes',
    help: 'Memory that the Redis of the queue uses',
    registers: [registry],
  }),
  memoryLimit: new ObservedGauge({
    name: 'nano_redis_memory_limit_bytes',
    help: 'Memory that the Redis of the queue may use; 0 where it has no limit',
    registers: [registry],
  }),
});
