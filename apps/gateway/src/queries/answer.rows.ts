import { Inject, Injectable } from '@nestjs/common';
import type { Cell, QueryStatus, ResultColumn, ResultSet } from '#shared/contracts/query';
import type { Database } from '#shared/persistence/database';
import { DATABASE } from '#shared/persistence/tokens';

export interface AnswerHead {
  status: QueryStatus;
  /** Null until the query has succeeded. */
  columns: ResultColumn[] | null;
  rowCount: number;
  truncated: ResultSet['truncated'];
}

interface AnswerPage {
  firstRow: number;
  rows: Cell[][];
}

/** The rows of answers, read one page at a time. */
@Injectable()
export class AnswerRows {
  constructor(@Inject(DATABASE) private readonly db: Database) {}

  async head(id: string): Promise<AnswerHead | undefined> {
    const row = await this.db
      .selectFrom('query')
      .leftJoin('answer', 'answer.query_id', 'query.id')
      .select(['query.status', 'answer.columns', 'answer.row_count as rowCount', 'answer.truncated'])
      .where('query.id', '=', id)
      .executeTakeFirst();
    if (!row) return undefined;
    const columns = row.columns === null ? null : parsed<ResultColumn[]>(row.columns);
    // An answer from before there were pages has all of its rows in the first one.
    const rowCount = row.rowCount ?? (columns ? (await this.first(id)).rows.length : 0);
    return { status: row.status, columns, rowCount, truncated: row.truncated };
  }

  /** At most `limit` rows, the first one at `offset`. */
  async *range(id: string, offset: number, limit: number): AsyncGenerator<Cell[][], void> {
    const end = offset + limit;
    for await (const { firstRow, rows } of this.pages(id, offset)) {
      if (firstRow >= end) return;
      const part = rows.slice(Math.max(0, offset - firstRow), end - firstRow);
      if (part.length > 0) yield part;
      if (firstRow + rows.length >= end) return;
    }
  }

  private async *pages(id: string, offset: number): AsyncGenerator<AnswerPage, void> {
    const first = await this.first(id);
    if (offset < first.rows.length) yield first;
    let after = Math.max(offset, first.rows.length);
    for (;;) {
      const page = await this.pageWith(id, after);
      if (!page) return;
      yield page;
      after = page.firstRow + page.rows.length;
    }
  }

  private async first(id: string): Promise<AnswerPage> {
    const row = await this.db
      .selectFrom('answer')
      .select('rows')
      .where('query_id', '=', id)
      .executeTakeFirst();
    return { firstRow: 0, rows: row ? parsed<Cell[][]>(row.rows) : [] };
  }

  /** The further page that holds the row. */
  private async pageWith(id: string, row: number): Promise<AnswerPage | undefined> {
    const page = await this.db
      .selectFrom('answer_page')
      .select(['first_row', 'rows'])
      .where('query_id', '=', id)
      .where('first_row', '<=', row)
      .where((eb) => eb(eb('first_row', '+', eb.ref('row_count')), '>', row))
      .executeTakeFirst();
    return page && { firstRow: page.first_row, rows: parsed<Cell[][]>(page.rows) };
  }
}

/** The pool gives columns of type json as text. */
function parsed<T>(json: unknown): T {
  return JSON.parse(json as string) as T;
}
