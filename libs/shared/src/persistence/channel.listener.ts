import { Logger } from '@nestjs/common';
import pg from 'pg';
import { describeError } from '../errors/app-error.js';

const firstDelayMs = 100;
const longestDelayMs = 5_000;

/** Listens to one channel of PostgreSQL on a connection of its own, and reconnects for ever. What is sent meanwhile is lost. */
export class ChannelListener {
  private readonly logger = new Logger(ChannelListener.name);
  private client: pg.Client | null = null;
  private closed = false;
  private delayMs = firstDelayMs;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: string,
    private readonly channel: string,
    private readonly onPayload: (payload: string) => void,
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
    client.on('notification', ({ payload }) => this.onPayload(payload ?? ''));
    try {
      await client.connect();
      await client.query(`listen ${this.channel}`);
      this.delayMs = firstDelayMs;
    } catch (error) {
      this.logger.warn(`Cannot listen for ${this.channel}: ${describeError(error)}`);
      this.restart(client);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private restart(broken: pg.Client): void {
    if (this.closed || this.client !== broken) return;
    this.client = null;
    broken.end().catch(() => undefined);
    this.timer = setTimeout(() => void this.start(), this.delayMs);
    this.delayMs = Math.min(this.delayMs * 2, longestDelayMs);
  }
}
