import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { QueryListener, type QueryChange } from './query.listener.js';
import { cancelChannel } from './query.notifier.js';
import { DATABASE_URL } from './tokens.js';

export type AbortReason = 'deadline' | 'cancelled';

/** Node's timers hold no more: a longer one fires at once. A query that lasts so long is ended by the reconciler. */
const longestTimerMs = 2 ** 31 - 1;

interface Watch {
  signal: AbortSignal;
  /** Aborts after this many milliseconds; at once when they are over. */
  expireIn: (ms: number) => void;
  release: () => void;
}

/** Abort signals for the queries that a worker has at hand: each fires at the deadline or when the query is cancelled. */
@Injectable()
export class QueryAborts implements OnModuleInit, OnApplicationShutdown {
  private readonly watched = new Map<string, Set<AbortController>>();
  private readonly listener: QueryListener;

  constructor(@Inject(DATABASE_URL) url: string) {
    this.listener = new QueryListener(url, cancelChannel, (change) => this.cancel(change));
  }

  async onModuleInit(): Promise<void> {
    await this.listener.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }

  /** Watch before reading the query: a cancellation in between would be lost. */
  watch(id: string): Watch {
    const controller = new AbortController();
    const controllers = this.watched.get(id) ?? new Set();
    this.watched.set(id, controllers.add(controller));
    let timer: NodeJS.Timeout | undefined;
    return {
      signal: controller.signal,
      expireIn: (ms) => {
        timer = setTimeout(
          () => controller.abort('deadline' satisfies AbortReason),
          Math.min(Math.max(ms, 0), longestTimerMs),
        );
      },
      release: () => {
        clearTimeout(timer);
        controllers.delete(controller);
        if (controllers.size === 0) this.watched.delete(id);
      },
    };
  }

  private cancel({ id }: QueryChange): void {
    for (const controller of this.watched.get(id) ?? []) controller.abort('cancelled' satisfies AbortReason);
  }
}
