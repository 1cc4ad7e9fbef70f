import type SqliteDatabase from 'better-sqlite3';
import { kindsOf, searchLists, type UnitSearch } from '../schema-index.js';
import { type UnitHit, type UnitKind, type UnitSubject, wordWeights } from '../unit.js';
import { fuse } from './fusion.js';
import { KeptSigns } from './kept-signs.js';
import type { Part, PartTables } from './part-tables.js';
import { nearestBySigns } from './sign-search.js';
import { toBytes, wordsOf } from './vector-bytes.js';

/** Candidates by the signs of their components, compared exactly afterwards, for each hit that is wanted. */
const oversampling = 4;

/** A stem of more units than this only breaks ties among those that rarer stems find. */
const commonUnits = 2_000;

/**
 * Searches one part of an index, whatever its version. Its statements are prepared once: where a build changes the tables
 * beneath them SQLite prepares them again by itself.
 */
export class PartReader {
  private readonly signs: KeptSigns;
  private readonly lists: readonly ((search: UnitSearch) => number[])[];
  private readonly subject: SqliteDatabase.Statement<[number], UnitSubject>;

  /** @param tables exist already */
  constructor(
    private readonly db: SqliteDatabase.Database,
    part: Part['part'],
    tables: PartTables,
  ) {
    this.signs = new KeptSigns(db, tables);
    const byVector = this.byVector(tables);
    this.lists = searchLists
      .filter(({ kind }) => kindsOf[part].includes(kind))
      .map(({ kind, by, limit }) => {
        if (by === 'vector') return ({ vector }) => (vector ? byVector(kind, vector, limit) : []);
        const byWords = this.byWords(tables.words(kind), tables.vocabulary(kind));
        return ({ stems }) => byWords(stems, limit);
      });
    this.subject = db.prepare(`select kind, "table", "column", reference from ${tables.units} where id = ?`);
  }

  /** Bytes of memory that grow with the part. */
  get bytes(): number {
    return this.signs.bytes;
  }

  search(search: UnitSearch): UnitHit[] {
    const scores = fuse(this.lists.map((list) => list(search)));
    return [...scores].flatMap(([id, score]) => {
      const found = this.subject.get(id);
      return found ? [{ ...found, score }] : [];
    });
  }

  /** Ids of the units that have any of the stems, best first. */
  private byWords(words: string, vocabulary: string): (stems: readonly string[], limit: number) => number[] {
    const known = this.db.prepare<[string], { term: string; units: number }>(
      `select term, doc as units from ${vocabulary} where term in (select value from json_each(?)) order by doc, term`,
    );
    const { name, body, around } = wordWeights;
    const matching = this.db
      .prepare<[string, number], number>(
        `select rowid from ${words} where ${words} match ? order by bm25(${words}, ${name}, ${body}, ${around}), rowid limit ?`,
      )
      .pluck();
    return (stems, limit) => {
      // Stems that so many units have that they tell nothing cost most of the time.
      const telling = known
        .all(JSON.stringify(stems))
        .filter(({ units }, at) => units <= commonUnits || at < 2)
        .map(({ term }) => `"${term}"`);
      return telling.length === 0 ? [] : matching.all(telling.join(' OR '), limit);
    };
  }

  private byVector({ units }: PartTables): (kind: UnitKind, vector: Float32Array, limit: number) => number[] {
    const signsOf = this.db.prepare<[Buffer], Buffer>('select vec_quantize_binary(vec_int8(?))').pluck();
    const nearest = this.db
      .prepare<[string, Buffer, number], number>(
        `select id from ${units} where id in (select value from json_each(?))
         order by vec_distance_cosine(vec_int8(vector), vec_int8(?)), id limit ?`,
      )
      .pluck();
    return (kind, vector, limit) => {
      const bytes = toBytes(vector);
      const near = nearestBySigns(
        this.signs.of(kind, bytes.length),
        wordsOf(signsOf.get(bytes) ?? Buffer.alloc(0)),
        limit * oversampling,
      );
      return nearest.all(JSON.stringify(near), bytes, limit);
    };
  }
}
