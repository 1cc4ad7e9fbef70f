import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Turn } from '#shared/contracts/context';
import type { Database } from '#shared/persistence/database';
import type { QueryWork } from '#shared/persistence/query.work';
import { DATABASE } from '#shared/persistence/tokens';
import { estimateTokens } from '#shared/schema/token-estimate';

/** Turns and tokens, as estimated, that are looked back. */
const mostTurns = 8;
const mostTokens = 600;

type Row = Turn & { followsUp: boolean };

@Injectable()
export class EarlierTurns {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  /**
   * What the same caller asked of the same datasource in this conversation and got an answer to, the newest first, back
   * to the question that opened the topic.
   */
  async of({ id, conversationId }: QueryWork): Promise<Turn[]> {
    if (conversationId === null || conversationId === id) return [];
    const { rows } = await sql<Row>`
      select earlier.question, earlier.chosen_sql as sql,
        exists (select from query_event e where e.query_id = earlier.id and e.data ? 'followsUp') as "followsUp"
      from query this
      join query earlier on earlier.conversation_id = this.conversation_id and earlier.datasource_id = this.datasource_id
        and earlier.caller is not distinct from this.caller
        and (earlier.created_at, earlier.id) < (this.created_at, this.id)
      where this.id = ${id} and earlier.status = 'succeeded' and earlier.chosen_sql is not null
      order by earlier.created_at desc, earlier.id desc limit ${mostTurns}`.execute(this.db);
    return ofTopic(rows);
  }
}

function ofTopic(rows: readonly Row[]): Turn[] {
  const turns: Turn[] = [];
  let tokens = 0;
  for (const { question, sql: statement, followsUp } of rows) {
    tokens += estimateTokens(question) + estimateTokens(statement);
    if (tokens > mostTokens && turns.length > 0) break;
    turns.push({ question, sql: statement });
    if (!followsUp) break;
  }
  return turns;
}
