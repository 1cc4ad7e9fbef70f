import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { isFinal, type QueryEvent } from '#shared/contracts/query';
import type { QueryText } from '#shared/persistence/query.texts';
import { QueryChanges } from './query.changes.js';
import { QueryTextFeed } from './query.text-feed.js';
import { QueryViews } from './query.views.js';

/** Proxies close connections that say nothing. */
const heartbeatMs = 15_000;
const reconnectMs = 1_000;

/** Server-sent events of one query, from the event after the last one that the client saw to its end. */
@Injectable()
export class QueryStream implements BeforeApplicationShutdown {
  private readonly open = new Set<() => void>();
  private isStopping = false;

  constructor(
    private readonly views: QueryViews,
    private readonly changes: QueryChanges,
    private readonly texts: QueryTextFeed,
  ) {}

  /** Clients reconnect to another gateway and resume there. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const close of this.open) close();
  }

  send(id: string, lastEventId: number, response: ServerResponse): void {
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write(`retry: ${reconnectMs}\n\n`);
    if (this.isStopping) {
      response.end();
      return;
    }
    const stream = new EventStream(id, lastEventId, response, this.views);
    const unwatch = this.changes.watch(id, () => void stream.pump());
    const unfollow = this.texts.follow(id, (piece) => stream.writeText(piece));
    const heartbeat = setInterval(() => response.write(': alive\n\n'), heartbeatMs);
    const close = () => response.end();
    this.open.add(close);
    const release = () => {
      unwatch();
      unfollow();
      clearInterval(heartbeat);
      this.open.delete(close);
    };
    response.once('close', release);
    // The client may have gone while the query was looked up: there is no event to come then.
    if (response.destroyed) release();
    else void stream.pump();
  }
}

/** Writes the events that are new since it last looked; one look at a time. */
class EventStream {
  private pumping = false;
  private again = false;

  constructor(
    private readonly id: string,
    private lastEventId: number,
    private readonly response: ServerResponse,
    private readonly views: QueryViews,
  ) {}

  async pump(): Promise<void> {
    this.again = true;
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (this.again && !this.response.writableEnded) {
        this.again = false;
        for (const event of await this.views.events(this.id, this.lastEventId)) this.write(event);
      }
    } catch {
      // The client reconnects and resumes after the last event it got.
      this.response.end();
    } finally {
      this.pumping = false;
    }
  }

  /** Without an id: it is not among what a client resumes after. Left out for one that does not keep up. */
  writeText({ attempt, offset, text }: QueryText): void {
    if (this.response.writableEnded || this.response.writableNeedDrain) return;
    this.response.write(`event: text\ndata: ${JSON.stringify({ attempt, offset, text })}\n\n`);
  }

  private write(event: QueryEvent): void {
    this.lastEventId = event.id;
    this.response.write(`id: ${event.id}\nevent: ${event.status}\ndata: ${JSON.stringify(event)}\n\n`);
    if (isFinal(event.status)) this.response.end();
  }
}
