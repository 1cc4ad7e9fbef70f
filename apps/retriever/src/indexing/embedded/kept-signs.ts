import type SqliteDatabase from 'better-sqlite3';
import { permanent } from '#shared/errors/app-error';
import type { UnitKind } from '../unit.js';
import type { PartTables } from './part-tables.js';
import type { SignChunk } from './sign-search.js';
import { wordsOf } from './vector-bytes.js';

/** The signs of one part's vectors, kept in memory from one search to the next until anybody writes to the index. */
export class KeptSigns {
  private readonly chunks = new Map<UnitKind, readonly SignChunk[]>();
  /** SQLite's number of the state that the chunks were read from. */
  private state: number | undefined;
  private readonly readState: SqliteDatabase.Statement<[], number>;
  private readonly readChunks: SqliteDatabase.Statement<[UnitKind], { ids: Buffer; signs: Buffer }>;

  constructor(db: SqliteDatabase.Database, { signs }: PartTables) {
    this.readState = db.prepare<[], number>('pragma data_version').pluck();
    this.readChunks = db.prepare(`select ids, signs from ${signs} where kind = ? order by chunk`);
  }

  get bytes(): number {
    const all = [...this.chunks.values()].flat();
    return all.reduce((sum, { ids, signs }) => sum + ids.byteLength + signs.byteLength, 0);
  }

  /**
   * Within the transaction of a search.
   * @throws AppError `index_invalid` for vectors of other dimensions than the question's
   */
  of(kind: UnitKind, dimension: number): readonly SignChunk[] {
    const state = this.readState.get();
    if (state !== this.state) this.chunks.clear();
    this.state = state;
    const chunks = this.chunks.get(kind) ?? this.read(kind);
    if (chunks.some(({ ids, signs }) => signs.length * 32 !== ids.length * dimension)) throw wrongDimension();
    return chunks;
  }

  private read(kind: UnitKind): readonly SignChunk[] {
    const chunks = this.readChunks
      .all(kind)
      .map(({ ids, signs }) => ({ ids: wordsOf(ids), signs: wordsOf(signs) }));
    this.chunks.set(kind, chunks);
    return chunks;
  }
}

function wrongDimension(): Error {
  return permanent(
    'index_invalid',
    'The vectors of the index have other dimensions than the embedding model gives. If the model became another one under its name, stop the retriever, delete schema-index-3.sqlite in NANO_HOME and start it again.',
    { stage: 'retrieve' },
  );
}
