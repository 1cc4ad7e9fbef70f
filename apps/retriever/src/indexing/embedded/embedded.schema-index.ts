import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { load as loadVectorFunctions } from 'sqlite-vec';
import { permanent } from '#shared/errors/app-error';
import {
  type Embed,
  type IndexKey,
  kindsOf,
  SchemaIndex,
  searchLists,
  type UnitSearch,
} from '../schema-index.js';
import { type IndexUnit, type UnitHit, type UnitKind, type UnitSubject, wordWeights } from '../unit.js';
import { fuse } from './fusion.js';
import { PartTables } from './part-tables.js';
import { PartWriter } from './part-writer.js';
import { nearestBySigns, type SignChunk } from './sign-search.js';
import { toBytes, wordsOf } from './vector-bytes.js';

/** Candidates by the signs of their components, compared exactly afterwards, for each hit that is wanted. */
const oversampling = 4;

/** A stem of more units than this only breaks ties among those that rarer stems find. */
const commonUnits = 2_000;

/**
 * Schema index in one SQLite file: FTS5 ranked by BM25 for words, the signs of vectors, then sqlite-vec, for meaning. A cache: what is missing is built
 * again. Readers see the version before until a build commits.
 */
export class EmbeddedSchemaIndex extends SchemaIndex {
  private readonly reader: SqliteDatabase.Database;
  private readonly writer: SqliteDatabase.Database;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    super();
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    const file = join(folder, 'schema-index-3.sqlite');
    this.writer = open(file);
    this.writer.pragma('busy_timeout = 0');
    this.reader = open(file);
    this.reader.exec(
      'create table if not exists part (name text primary key, datasource_id text not null, version text not null) without rowid',
    );
  }

  override async close(): Promise<void> {
    await this.writing;
    this.reader.close();
    this.writer.close();
  }

  override async has(key: IndexKey): Promise<boolean> {
    const { name } = new PartTables(key);
    return this.reader.prepare('select version from part where name = ?').pluck().get(name) === key.version;
  }

  override build(key: IndexKey, units: readonly IndexUnit[], embed: Embed | null): Promise<void> {
    return this.inTurn(() => new PartWriter(this.writer, key).write(units, embed));
  }

  override async search(key: IndexKey, search: UnitSearch): Promise<UnitHit[]> {
    // One transaction: a build may be committed meanwhile.
    return this.reader.transaction(() => this.searchAtOnce(key, search))();
  }

  override drop(datasourceId: string): Promise<void> {
    return this.inTurn(async () => {
      this.writer
        .transaction(() => {
          for (const part of ['schema', 'examples'] as const)
            new PartTables({ datasourceId, part }).drop(this.writer);
          this.writer.prepare('delete from part where datasource_id = ?').run(datasourceId);
        })
        .immediate();
    });
  }

  override async check(): Promise<Record<string, unknown>> {
    return { adapter: 'embedded', parts: this.reader.prepare('select count(*) from part').pluck().get() };
  }

  private searchAtOnce(key: IndexKey, search: UnitSearch): UnitHit[] {
    const tables = new PartTables(key);
    const lists = searchLists.filter(({ kind }) => kindsOf[key.part].includes(kind));
    const scores = fuse(lists.map((list) => this.list(tables, list, search)));
    const subject = this.reader.prepare<[number], UnitSubject>(
      `select kind, "table", "column", reference from ${tables.units} where id = ?`,
    );
    return [...scores].flatMap(([id, score]) => {
      const found = subject.get(id);
      return found ? [{ ...found, score }] : [];
    });
  }

  /** Ids of one list, best first. */
  private list(
    tables: PartTables,
    { kind, by, limit }: (typeof searchLists)[number],
    { stems, vector }: UnitSearch,
  ): number[] {
    if (by === 'words')
      return this.byWords(tables.words(kind), this.telling(tables.vocabulary(kind), stems), limit);
    return vector ? this.byVector(tables, kind, vector, limit) : [];
  }

  private byWords(table: string, stems: readonly string[], limit: number): number[] {
    if (stems.length === 0) return [];
    const { name, body, around } = wordWeights;
    return this.reader
      .prepare<[string, number], number>(
        `select rowid from ${table} where ${table} match ? order by bm25(${table}, ${name}, ${body}, ${around}), rowid limit ?`,
      )
      .pluck()
      .all(stems.map((stem) => `"${stem}"`).join(' OR '), limit);
  }

  /** The stems that units have, without those that so many have that they tell nothing and cost most of the time. */
  private telling(vocabulary: string, stems: readonly string[]): string[] {
    const known = this.reader
      .prepare<[string], { term: string; units: number }>(
        `select term, doc as units from ${vocabulary} where term in (select value from json_each(?)) order by doc, term`,
      )
      .all(JSON.stringify(stems));
    return known.filter(({ units }, at) => units <= commonUnits || at < 2).map(({ term }) => term);
  }

  private byVector(tables: PartTables, kind: UnitKind, vector: Float32Array, limit: number): number[] {
    const bytes = toBytes(vector);
    const signs = this.reader
      .prepare<[Buffer], Buffer>('select vec_quantize_binary(vec_int8(?))')
      .pluck()
      .get(bytes);
    const near = nearestBySigns(
      this.signsOf(tables, kind, bytes.length),
      wordsOf(signs ?? Buffer.alloc(0)),
      limit * oversampling,
    );
    return this.reader
      .prepare<[string, Buffer, number], number>(
        `select id from ${tables.units} where id in (select value from json_each(?))
         order by vec_distance_cosine(vec_int8(vector), vec_int8(?)), id limit ?`,
      )
      .pluck()
      .all(JSON.stringify(near), bytes, limit);
  }

  /** @throws AppError `index_invalid` for vectors of other dimensions than the question's */
  private *signsOf(tables: PartTables, kind: UnitKind, dimension: number): Generator<SignChunk> {
    const chunks = this.reader
      .prepare<[UnitKind], { ids: Buffer; signs: Buffer }>(
        `select ids, signs from ${tables.signs} where kind = ? order by chunk`,
      )
      .iterate(kind);
    for (const chunk of chunks) {
      const [ids, signs] = [wordsOf(chunk.ids), wordsOf(chunk.signs)];
      if (signs.length * 32 !== ids.length * dimension) throw wrongDimension();
      yield { ids, signs };
    }
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.writing.then(work, work);
    this.writing = turn.catch(() => undefined);
    return turn;
  }
}

function open(file: string): SqliteDatabase.Database {
  const db = new SqliteDatabase(file);
  loadVectorFunctions(db);
  db.pragma('journal_mode = wal');
  db.pragma('synchronous = normal');
  return db;
}

function wrongDimension(): Error {
  return permanent(
    'index_invalid',
    'The vectors of the index have other dimensions than the embedding model gives. If the model became another one under its name, stop the retriever, delete schema-index-3.sqlite in NANO_HOME and start it again.',
    { stage: 'retrieve' },
  );
}
