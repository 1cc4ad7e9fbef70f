import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ChannelListener } from '#shared/persistence/channel.listener';
import { type QueryText, readText, textChannel } from '#shared/persistence/query.texts';
import { DATABASE_URL } from '#shared/persistence/tokens';

type Reader = (text: QueryText) => void;

/** Hands the model's text to the streams that follow its query. */
@Injectable()
export class QueryTextFeed implements OnModuleInit, OnApplicationShutdown {
  private readonly readers = new Map<string, Set<Reader>>();
  private readonly listener: ChannelListener;

  constructor(@Inject(DATABASE_URL) url: string) {
    this.listener = new ChannelListener(url, textChannel, (payload) => this.hand(payload));
  }

  async onModuleInit(): Promise<void> {
    await this.listener.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }

  /** Returns the function that ends it. */
  follow(id: string, reader: Reader): () => void {
    const readers = this.readers.get(id) ?? new Set();
    this.readers.set(id, readers.add(reader));
    return () => {
      readers.delete(reader);
      if (readers.size === 0) this.readers.delete(id);
    };
  }

  private hand(payload: string): void {
    if (this.readers.size === 0) return;
    const text = readText(payload);
    for (const reader of (text && this.readers.get(text.id)) ?? []) if (text) reader(text);
  }
}
