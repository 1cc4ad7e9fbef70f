import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import SqliteDatabase from 'better-sqlite3';
import type { SchemaSnapshot, TableSnapshot } from '#shared/contracts/snapshot';
import { RETRIEVER_CONFIG, type RetrieverConfig } from '../config.js';
import { type IndexKey, SchemaIndex, type TableHit } from './schema-index.js';
import { terms } from './terms.js';

/** BM25 weights of the name, column names, comments and values of a table. */
const weights = '4.0, 2.0, 1.5, 1.0';

type Search = SqliteDatabase.Statement<[string, number], TableHit>;

const searchesKept = 64;

/** Schema index in one SQLite file: an FTS5 table a snapshot, ranked by BM25. A cache: it is built again where it is missing. */
@Injectable()
export class FtsSchemaIndex extends SchemaIndex implements OnApplicationShutdown {
  private readonly db: SqliteDatabase.Database;
  /** Prepared, by the table they search. Where it was dropped they fail, as a new one would. */
  private readonly searches = new Map<string, Search>();

  constructor(@Inject(RETRIEVER_CONFIG) config: RetrieverConfig) {
    super();
    mkdirSync(config.NANO_HOME, { recursive: true, mode: 0o711 });
    this.db = new SqliteDatabase(join(config.NANO_HOME, 'schema-index.sqlite'));
    this.db.pragma('journal_mode = wal');
    this.db.pragma('synchronous = normal');
    this.db.exec(
      'create table if not exists indexed (cards text primary key, datasource_id text not null) without rowid',
    );
  }

  onApplicationShutdown(): void {
    this.db.close();
  }

  override async has(key: IndexKey): Promise<boolean> {
    return this.db.prepare('select 1 from indexed where cards = ?').get(cardsTable(key)) !== undefined;
  }

  override async build(datasourceId: string, snapshot: SchemaSnapshot): Promise<void> {
    const cards = cardsTable({ datasourceId, fingerprint: snapshot.fingerprint });
    this.db
      .transaction(() => {
        this.dropTables(datasourceId);
        this.db.exec(
          `create virtual table ${cards} using fts5 (name unindexed, names, columns, comments, samples, tokenize = 'porter unicode61')`,
        );
        const insert = this.db.prepare(`insert into ${cards} values (?, ?, ?, ?, ?)`);
        for (const table of snapshot.tables) insert.run(table.name, ...fieldsOf(table));
        this.db.prepare('insert into indexed values (?, ?)').run(cards, datasourceId);
      })
      .immediate();
  }

  override async search(key: IndexKey, question: string, limit: number): Promise<TableHit[]> {
    const words = [...new Set(terms(question))].map((word) => `"${word}"`);
    if (words.length === 0) return [];
    return this.searchOf(cardsTable(key)).all(words.join(' OR '), limit);
  }

  override async drop(datasourceId: string): Promise<void> {
    this.db.transaction(() => this.dropTables(datasourceId)).immediate();
  }

  private searchOf(cards: string): Search {
    const known = this.searches.get(cards);
    if (known) return known;
    if (this.searches.size >= searchesKept) this.searches.clear();
    const search = this.db.prepare<[string, number], TableHit>(
      `select name as "table", -bm25(${cards}, 0, ${weights}) as score from ${cards} where ${cards} match ? order by score desc, name limit ?`,
    );
    this.searches.set(cards, search);
    return search;
  }

  private dropTables(datasourceId: string): void {
    const old = this.db
      .prepare<[string], string>('delete from indexed where datasource_id = ? returning cards')
      .pluck()
      .all(datasourceId);
    for (const cards of old) this.db.exec(`drop table if exists ${cards}`);
  }
}

function cardsTable({ datasourceId, fingerprint }: IndexKey): string {
  return `cards_${createHash('sha256').update(`${datasourceId} ${fingerprint}`).digest('hex').slice(0, 24)}`;
}

function fieldsOf(table: TableSnapshot): [names: string, columns: string, comments: string, samples: string] {
  const words = (texts: (string | undefined)[]) => texts.flatMap((text) => terms(text ?? '')).join(' ');
  return [
    words([table.name]),
    words(table.columns.map((column) => column.name)),
    words([table.comment, ...table.columns.map((column) => column.comment)]),
    words(table.columns.flatMap((column) => column.sampleValues ?? [])),
  ];
}
