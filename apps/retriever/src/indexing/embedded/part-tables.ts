import { createHash } from 'node:crypto';
import type SqliteDatabase from 'better-sqlite3';
import { type IndexKey, kindsOf } from '../schema-index.js';
import type { UnitKind } from '../unit.js';

export type Part = Pick<IndexKey, 'datasourceId' | 'part'>;

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

  /** Signs of the vectors of each kind, in chunks of units whose ids follow each other. */
  get signs(): string {
    return `signs_${this.name}`;
  }

  create(db: SqliteDatabase.Database): void {
    db.exec(
      `create table if not exists ${this.units} (id integer primary key, hash blob not null unique, kind text not null,
         "table" text not null, "column" text not null, reference text not null, vector blob);
       create table if not exists ${this.signs} (kind text not null, chunk integer not null, ids blob not null, signs blob not null,
         unique (kind, chunk))`,
    );
    for (const kind of kindsOf[this.part.part])
      db.exec(
        `create virtual table if not exists ${this.words(kind)} using fts5 (name, body, around, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
         create virtual table if not exists ${this.vocabulary(kind)} using fts5vocab (${this.words(kind)}, row)`,
      );
  }

  drop(db: SqliteDatabase.Database): void {
    for (const kind of kindsOf[this.part.part])
      db.exec(`drop table if exists ${this.vocabulary(kind)}; drop table if exists ${this.words(kind)}`);
    db.exec(`drop table if exists ${this.units}; drop table if exists ${this.signs}`);
  }
}
