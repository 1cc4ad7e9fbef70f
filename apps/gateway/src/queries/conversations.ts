import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { conversationIdSchema, type QueryStatus } from '#shared/contracts/query';
import { permanent } from '#shared/errors/app-error';
import type { Database } from '#shared/persistence/database';
import { DATABASE } from '#shared/persistence/tokens';
import { Callers } from '../callers/callers.js';

const longest = 1_000;

/** One question of a conversation, without its rows. */
export interface ConversationTurn {
  id: string;
  status: QueryStatus;
  datasource: string;
  question: string;
  sql: string | null;
  createdAt: string;
}

/** Queries that go on from each other. What one caller asked is not there for another. */
@Injectable()
export class Conversations {
  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly callers: Callers,
  ) {}

  /** @throws AppError `not_found` for a conversation in which another caller asked */
  async checkOwner(id: string, caller: string | null): Promise<void> {
    if (this.callers.header === undefined) return;
    const { rows } = await sql`
      select 1 from query where conversation_id = ${id} and caller is not null
        and caller is distinct from ${caller}::text limit 1`.execute(this.db);
    if (rows.length > 0) throw unknownConversation(id);
  }

  /** Its queries, oldest first. @throws AppError `not_found` */
  async turns(id: string, caller: string | null): Promise<ConversationTurn[]> {
    if (!conversationIdSchema.safeParse(id).success) throw unknownConversation(id);
    await this.checkOwner(id, caller);
    const rows = await this.db
      .selectFrom('query')
      .innerJoin('datasource', 'datasource.id', 'query.datasource_id')
      .select([
        'query.id',
        'query.status',
        'datasource.name as datasource',
        'query.question',
        'query.chosen_sql as sql',
        'query.created_at as createdAt',
      ])
      .where('query.conversation_id', '=', id)
      .orderBy('query.created_at')
      .orderBy('query.id')
      .limit(longest)
      .execute();
    if (rows.length === 0) throw unknownConversation(id);
    return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  }
}

function unknownConversation(id: string) {
  return permanent('not_found', `There is no conversation ${id.slice(0, 64)}.`);
}
