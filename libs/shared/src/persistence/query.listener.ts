import type { QueryStatus } from '../contracts/query.js';
import { ChannelListener } from './channel.listener.js';

export interface QueryChange {
  id: string;
  status: QueryStatus;
}

/** Listens to a channel of query changes. */
export class QueryListener extends ChannelListener {
  constructor(url: string, channel: string, onChange: (change: QueryChange) => void) {
    super(url, channel, (payload) => {
      for (const change of payload.split(',')) {
        const [id, status] = change.split(':');
        if (id && status) onChange({ id, status: status as QueryStatus });
      }
    });
  }
}
