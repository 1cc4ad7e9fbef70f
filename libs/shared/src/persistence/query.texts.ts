import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type pg from 'pg';
import { z } from 'zod';
import { describeError } from '../errors/app-error.js';
import { DATABASE_POOL } from './tokens.js';

export const textChannel = 'nano_query_text';

/** A piece of what the model writes for a query; `offset` counts the characters before it, and 0 begins anew. */
const queryTextSchema = z.object({
  id: z.string(),
  attempt: z.int().min(1),
  offset: z.int().nonnegative(),
  text: z.string(),
});
export type QueryText = z.infer<typeof queryTextSchema>;

/** Readers see no step in it, and a hundred streams cost the database twenty notifications a second each at most. */
const gatherMs = 50;
/** PostgreSQL limits a payload to 8,000 bytes, and JSON makes six of a character at most. */
const longestPiece = 1_200;
/** Of one attempt: nobody reads on. */
const mostText = 64 * 1_024;

/**
 * Sends the model's text to whoever follows the query, by notifications alone: nothing is stored, and what nobody
 * listens for is gone. The answer's SQL comes with the query's events as ever.
 */
@Injectable()
export class QueryTexts implements OnApplicationShutdown {
  private readonly logger = new Logger(QueryTexts.name);
  private readonly pending = new Map<string, QueryText>();
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(@Inject(DATABASE_POOL) private readonly pool: pg.Pool) {}

  write(piece: QueryText): void {
    if (piece.offset + piece.text.length > mostText) return;
    const before = this.pending.get(piece.id);
    const continues =
      before?.attempt === piece.attempt && before.offset + before.text.length === piece.offset;
    this.pending.set(piece.id, continues ? { ...before, text: before.text + piece.text } : piece);
    this.timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  async onApplicationShutdown(): Promise<void> {
    this.flush();
    await this.sending;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const pieces = [...this.pending.values()].flatMap(split);
    this.pending.clear();
    // One after the other: pieces of a text must not overtake each other.
    this.sending = this.sending.then(() => this.send(pieces));
  }

  private async send(pieces: readonly QueryText[]): Promise<void> {
    try {
      for (const piece of pieces) {
        const values = [textChannel, JSON.stringify(piece)];
        await this.pool.query({ name: 'nano_notify', text: 'select pg_notify($1, $2)', values });
      }
    } catch (error) {
      this.logger.debug(`Text was not sent: ${describeError(error)}`);
    }
  }
}

/** Null for what is no such notification. */
export function readText(payload: string): QueryText | null {
  try {
    return queryTextSchema.safeParse(JSON.parse(payload)).data ?? null;
  } catch {
    return null;
  }
}

function split(piece: QueryText): QueryText[] {
  const { text, offset } = piece;
  const starts = Array.from({ length: Math.ceil(text.length / longestPiece) }, (_, at) => at * longestPiece);
  return starts.map((start) => ({
    ...piece,
    offset: offset + start,
    text: text.slice(start, start + longestPiece),
  }));
}
