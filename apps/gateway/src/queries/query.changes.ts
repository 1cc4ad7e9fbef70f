import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { isFinal, type QueryStatus } from '#shared/contracts/query';
import { type QueryChange, QueryListener } from '#shared/persistence/query.listener';
import { changeChannel } from '#shared/persistence/query.notifier';
import { DATABASE_URL } from '#shared/persistence/tokens';
import { QueryViews } from './query.views.js';

type Watcher = (status: QueryStatus) => void;

/** Notifications can be lost; a look at the watched queries makes up for it. */
const lookPeriodMs = 1_000;

/** Tells whoever watches a query that it changed: on notification, and at the latest a look later. */
@Injectable()
export class QueryChanges implements OnModuleInit, OnApplicationShutdown {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private readonly listener: QueryListener;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DATABASE_URL) url: string,
    private readonly views: QueryViews,
  ) {
    this.listener = new QueryListener(url, changeChannel, (change) => this.tell(change));
  }

  async onModuleInit(): Promise<void> {
    await this.listener.start();
    this.timer = setInterval(() => void this.look(), lookPeriodMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.listener.close();
  }

  /** Returns the function that ends the watch. */
  watch(id: string, watcher: Watcher): () => void {
    const watchers = this.watchers.get(id) ?? new Set();
    this.watchers.set(id, watchers.add(watcher));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0) this.watchers.delete(id);
    };
  }

  /**
   * Resolves when the query has ended, the time is over or the signal aborts.
   * @param isNew nobody works on it yet, so it cannot have ended before the watch began
   */
  async ended(id: string, ms: number, signal: AbortSignal, isNew: boolean): Promise<void> {
    const end = Promise.withResolvers<void>();
    const unwatch = this.watch(id, (status) => isFinal(status) && end.resolve());
    const timer = setTimeout(end.resolve, ms);
    signal.addEventListener('abort', () => end.resolve(), { once: true });
    try {
      if (!isNew) {
        const [current] = await this.views.statuses([id]);
        if (!current || isFinal(current.status)) return;
      }
      if (!signal.aborted) await end.promise;
    } finally {
      clearTimeout(timer);
      unwatch();
    }
  }

  private async look(): Promise<void> {
    try {
      for (const change of await this.views.statuses([...this.watchers.keys()])) this.tell(change);
    } catch {
      // The database is away; the next look comes in a second.
    }
  }

  private tell({ id, status }: QueryChange): void {
    for (const watcher of this.watchers.get(id) ?? []) watcher(status);
  }
}
