import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { isFinal, type QueryStatus } from '../contracts/query.js';
import { describeError } from '../errors/app-error.js';
import { spaced } from './spaced.js';
import { DATABASE_POOL } from './tokens.js';

export const changeChannel = 'nano_query_changed';
export const cancelChannel = 'nano_query_cancelled';

/** PostgreSQL limits a payload to 8,000 bytes; a change takes at most 48. */
const changesAPayload = 150;

/**
 * Someone may be waiting for an end; who watches the steps before it can do so a moment later. A notification wakes every
 * connection of the database that listens, so that many small ones cost more than the changes that they tell of.
 */
const stepsWaitMs = 100;

/**
 * Tells the other processes that a query changed. Outside the transaction that changed it, since NOTIFY
 * serialises commits; a lost notification only delays listeners, who also look by themselves.
 */
@Injectable()
export class QueryNotifier implements OnApplicationShutdown {
  private readonly logger = new Logger(QueryNotifier.name);
  private pending: string[] = [];
  private sending: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly ends = spaced(() => this.flush());

  constructor(@Inject(DATABASE_POOL) private readonly pool: pg.Pool) {}

  changed(id: string, status: QueryStatus): void {
    this.pending.push(`${id}:${status}`);
    if (isFinal(status)) this.ends.ask();
    else this.timer ??= setTimeout(() => this.flush(), stepsWaitMs);
  }

  async onApplicationShutdown(): Promise<void> {
    this.flush();
    await this.sending;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.sending ??= this.send();
  }

  private async send(): Promise<void> {
    await Promise.resolve();
    while (this.pending.length > 0) {
      const changes = this.pending.splice(0, changesAPayload);
      const cancelled = changes.filter((change) => change.endsWith(':cancelled'));
      try {
        await this.notify(changeChannel, changes);
        if (cancelled.length > 0) await this.notify(cancelChannel, cancelled);
      } catch (error) {
        this.logger.debug(`A change was not announced: ${describeError(error)}`);
      }
    }
    this.sending = null;
  }

  private async notify(channel: string, changes: readonly string[]): Promise<void> {
    const values = [channel, changes.join(',')];
    await this.pool.query({ name: 'nano_notify', text: 'select pg_notify($1, $2)', values });
  }
}
