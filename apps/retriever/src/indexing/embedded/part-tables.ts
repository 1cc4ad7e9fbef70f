import { createHash } from 'node:crypto';
import type SqliteDatabase from 'better-sqlite3';
import { type IndexKey, kindsOf } from '../schema-index.js';
import type { UnitKind } from '../unit.js';

type Part = Pick<IndexKey, 'datasourceId' | 'part'>;

/** Names of the SQLite tables that hold one part of a datasource's index. */
export class PartTables {
  readonly name: string;
  readonly units: string;

  constructor(private readonly part: Part) {
    const hash = createHash('sha256').update(`${part.datasourceId} ${part.part}`).digest('hex');
    this.name = hash.slice(0, 24);
    this.units = `units_${this.name}`;
  }

  words(kind: UnitKind): string {
    return `words_${kind}_${this.name}`;
  }

  /** How many units have each stem. */
  vocabulary(kind: UnitKind): string {
    return `vocabulary_${kind}_${this.name}`;
  }

  vectors(kind: UnitKind): string {
    return `vectors_${kind}_${this.name}`;
  }

  create(db: SqliteDatabase.Database): void {
    db.exec(
      `create table if not exists ${this.units} (id integer primary key, hash blob not null unique, kind text not null,
         "table" text not null, "column" text not null, reference text not null, vector blob)`,
    );
    for (const kind of kindsOf[this.part.part])
      db.exec(
        `create virtual table if not exists ${this.words(kind)} using fts5 (name, body, around, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
         create virtual table if not exists ${this.vocabulary(kind)} using fts5vocab (${this.words(kind)}, row)`,
      );
  }

  /** @param dimension of the vectors, a multiple of 8 */
  createVectors(db: SqliteDatabase.Database, kind: UnitKind, dimension: number): void {
    const exists = db.prepare('select 1 from sqlite_schema where name = ?').get(this.vectors(kind));
    // An empty one may have been made for another model's dimension.
    if (exists && !db.prepare(`select 1 from ${this.vectors(kind)} limit 1`).get())
      db.exec(`drop table ${this.vectors(kind)}`);
    db.exec(
      `create virtual table if not exists ${this.vectors(kind)} using vec0 (coarse bit[${dimension}], chunk_size = 4096)`,
    );
  }

  drop(db: SqliteDatabase.Database): void {
    for (const kind of kindsOf[this.part.part])
      db.exec(
        `drop table if exists ${this.vocabulary(kind)}; drop table if exists ${this.words(kind)}; drop table if exists ${this.vectors(kind)}`,
      );
    db.exec(`drop table if exists ${this.units}`);
  }
}
