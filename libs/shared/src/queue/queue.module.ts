import { BullModule, getQueueToken } from '@nestjs/bullmq';
import {
  type DynamicModule,
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Queue } from 'bullmq';
import { jobNames } from './catalogue.js';
import { JobQueue } from './job-queue.js';
import { openQueueBackend, type QueueBackend } from './queue-backend.js';
import { QUEUE_BACKEND, QUEUES } from './tokens.js';
import { Tracing } from '../tracing/tracing.js';

interface QueueConfig {
  DATABASE_URL: string;
  QUEUE_URL?: string | undefined;
  QUEUE_PREFIX: string;
}

@Global()
@Module({})
export class QueueModule implements OnApplicationShutdown {
  constructor(@Inject(QUEUE_BACKEND) private readonly backend: QueueBackend) {}

  static forRoot(config: QueueConfig): DynamicModule {
    const backend = openQueueBackend(config.QUEUE_URL ?? config.DATABASE_URL);
    return {
      module: QueueModule,
      imports: [
        BullModule.forRootAsync({
          inject: [Tracing],
          useFactory: ({ queues }: Tracing) => ({
            connection: backend.connection,
            // The hash tag keeps all keys of a queue in one slot of a Redis Cluster.
            prefix: `{${config.QUEUE_PREFIX}}`,
            ...(queues && { telemetry: queues }),
          }),
        }),
        BullModule.registerQueue(...jobNames.map((name) => ({ name }))),
      ],
      providers: [
        { provide: QUEUE_BACKEND, useFactory: () => checked(backend) },
        {
          provide: QUEUES,
          useFactory: (...queues: Queue[]) =>
            Object.fromEntries(queues.map((queue) => [queue.name, withoutCrash(queue)])),
          inject: jobNames.map((name) => getQueueToken(name)),
        },
        JobQueue,
      ],
      exports: [JobQueue, QUEUES, QUEUE_BACKEND],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.backend.close();
  }
}

/** Providers are made before any worker takes a job: an app on a queue that loses jobs does not start. */
async function checked(backend: QueueBackend): Promise<QueueBackend> {
  const logger = new Logger(QueueModule.name);
  try {
    for (const warning of await backend.check()) logger.warn(warning);
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}

/** A queue repeats its connection's errors; unheard, one would end the process. The connection reconnects by itself. */
function withoutCrash(queue: Queue): Queue {
  return queue.on('error', () => undefined);
}
