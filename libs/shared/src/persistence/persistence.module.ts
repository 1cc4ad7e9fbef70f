import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { SealedText } from '../secrets/sealed-text.js';
import { CheckStore } from './check.store.js';
import { createDatabase, createPool } from './database.js';
import { DatasourceStore } from './datasource.store.js';
import { ExampleStore } from './example.store.js';
import { FeedbackStore } from './feedback.store.js';
import { HeartbeatStore } from './heartbeat.store.js';
import { QueryNotifier } from './query.notifier.js';
import { QueryReader } from './query.reader.js';
import { QueryStore } from './query.store.js';
import { SnapshotReader } from './snapshot.reader.js';
import { QueryTexts } from './query.texts.js';
import { DATABASE, DATABASE_POOL, DATABASE_URL } from './tokens.js';

interface PersistenceConfig {
  DATABASE_URL: string;
  DATABASE_POOL_SIZE: number;
  NANO_MASTER_KEY?: string | undefined;
  NANO_MASTER_KEY_PREVIOUS?: string | undefined;
}

const stores = [
  QueryStore,
  QueryReader,
  QueryNotifier,
  QueryTexts,
  CheckStore,
  ExampleStore,
  FeedbackStore,
  HeartbeatStore,
  SnapshotReader,
];

/** Ends the pool after every other module's shutdown hook had its chance to write. */
class PoolGuard implements OnApplicationShutdown {
  constructor(@Inject(DATABASE_POOL) private readonly pool: pg.Pool) {}

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}

@Global()
@Module({})
export class PersistenceModule {
  /** Without a master key there is no access to datasources: an app that needs none gets none. */
  static forRoot(config: PersistenceConfig): DynamicModule {
    const masterKey = config.NANO_MASTER_KEY;
    const datasources = masterKey === undefined ? [] : [DatasourceStore];
    return {
      module: PersistenceModule,
      providers: [
        { provide: DATABASE_URL, useValue: config.DATABASE_URL },
        {
          provide: DATABASE_POOL,
          useFactory: () => createPool(config.DATABASE_URL, config.DATABASE_POOL_SIZE),
        },
        { provide: DATABASE, useFactory: createDatabase, inject: [DATABASE_POOL] },
        {
          provide: SealedText,
          useFactory: () =>
            masterKey === undefined ? null : new SealedText(masterKey, config.NANO_MASTER_KEY_PREVIOUS),
        },
        PoolGuard,
        ...stores,
        ...datasources,
      ],
      exports: [DATABASE, DATABASE_POOL, DATABASE_URL, SealedText, ...stores, ...datasources],
    };
  }
}
