import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { QueryStatus } from '../contracts/query.js';
import { describeError } from '../errors/app-error.js';

export interface QueryChange {
  id: string;
  status: QueryStatus;
}

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** Listens to one channel of query changes on a connection of its own, and reconnects for ever. */
export class QueryListener {
  private readonly logger = new Logger(QueryListener.name);
  private client: pg.Client | null = null;
  private closed = false;
  private delayMs = firstDelayMs;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly onChange: (change: QueryChange) => void,
  ) {}

  async start(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      keepAlive: true,
      application_name: 'nano-analyst listener',
    });
    this.client = client;
    client.on('error', () => this.restart(client));
    client.on('end', () => this.restart(client));
    client.on('notification', ({ payload }) => this.deliver(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${this.channel}`);
      this.delayMs = firstDelayMs;
    } catch (error) {
      this.logger.warn(`Cannot listen for changes: ${describeError(error)}`);
      this.restart(client);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private deliver(payload: string): void {
    for (const change of payload.split(',')) {
      const [id, status] = change.split(':');
      if (id && status) this.onChange({ id, status: status as QueryStatus });
    }
  }

  private restart(broken: pg.Client): void {
    if (this.closed || this.client !== broken) return;
    this.client = null;
    broken.end().catch(() => undefined);
    this.timer = setTimeout(() => void this.start(), this.delayMs);
    this.delayMs = Math.min(this.delayMs * 2, longestDelayMs);
  }
}
