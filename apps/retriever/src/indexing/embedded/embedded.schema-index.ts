import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { load as loadVectorFunctions } from 'sqlite-vec';
import { permanent } from '#shared/errors/app-error';
import { type Embed, type IndexKey, SchemaIndex, type UnitSearch } from '../schema-index.js';
import type { IndexUnit, UnitHit } from '../unit.js';
import { PartReader } from './part-reader.js';
import { type Part, PartTables } from './part-tables.js';
import { PartWriter } from './part-writer.js';

/** Parts whose statements and signs are at hand; the least recently searched one goes first. */
const readersKept = 64;
/** Of signs, of all parts: 52 a vector of 384 dimensions. The part that was searched last keeps its own, whatever they take. */
const bytesKept = 256 * 2 ** 20;
/** SQLite's pages in memory, in KiB: its 2 MB hold less than a question reads of an index of 10,000 tables. */
const cacheKiB = 65_536;

/**
 * Schema index in one SQLite file: FTS5 ranked by BM25 for words, the signs of vectors, then sqlite-vec, for meaning. A cache: what is missing is built
 * again. Readers see the version before until a build commits.
 */
export class EmbeddedSchemaIndex extends SchemaIndex {
  private readonly reader: SqliteDatabase.Database;
  private readonly writer: SqliteDatabase.Database;
  private readonly version: SqliteDatabase.Statement<[string], string>;
  private readonly parts: SqliteDatabase.Statement<[], number>;
  private readonly readers = new Map<string, PartReader>();
  private writing: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    super();
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    const file = join(folder, 'schema-index-3.sqlite');
    this.writer = open(file);
    this.writer.pragma('busy_timeout = 0');
    // Cells that are withheld from now on are not to be read from the file either.
    this.writer.pragma('secure_delete = on');
    this.reader = open(file);
    this.reader.pragma(`cache_size = -${cacheKiB}`);
    this.reader.exec(
      'create table if not exists part (name text primary key, datasource_id text not null, version text not null) without rowid',
    );
    this.version = this.reader.prepare<[string], string>('select version from part where name = ?').pluck();
    this.parts = this.reader.prepare<[], number>('select count(*) from part').pluck();
  }

  override async close(): Promise<void> {
    await this.writing;
    this.reader.close();
    this.writer.close();
  }

  override async has(key: IndexKey): Promise<boolean> {
    return this.version.get(new PartTables(key).name) === key.version;
  }

  override build(key: IndexKey, units: readonly IndexUnit[], embed: Embed | null): Promise<void> {
    return this.inTurn(() => new PartWriter(this.writer, key).write(units, embed));
  }

  override async search(key: IndexKey, search: UnitSearch): Promise<UnitHit[]> {
    // One transaction: a build may be committed meanwhile.
    const hits = this.reader.transaction(() => this.readerOf(key).search(search))();
    this.forgetOldest();
    return hits;
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
      this.writer.pragma('wal_checkpoint(TRUNCATE)');
    });
  }

  override async check(): Promise<Record<string, unknown>> {
    return { adapter: 'embedded', parts: this.parts.get() };
  }

  /** @throws AppError `index_invalid` for a part that is not indexed, or no longer */
  private readerOf(part: Part): PartReader {
    const tables = new PartTables(part);
    const { name } = tables;
    const known = this.readers.get(name);
    this.readers.delete(name);
    if (this.version.get(name) === undefined) throw notIndexed(part);
    const reader = known ?? new PartReader(this.reader, part.part, tables);
    this.readers.set(name, reader);
    return reader;
  }

  private forgetOldest(): void {
    let bytes = [...this.readers.values()].reduce((sum, reader) => sum + reader.bytes, 0);
    for (const [name, reader] of this.readers) {
      if (this.readers.size === 1 || (this.readers.size <= readersKept && bytes <= bytesKept)) return;
      this.readers.delete(name);
      bytes -= reader.bytes;
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

function notIndexed({ datasourceId, part }: Part): Error {
  return permanent(
    'index_invalid',
    `The ${part} of datasource ${datasourceId} is not indexed. Refresh the datasource: \`./nano datasource refresh\` builds it again.`,
    { stage: 'retrieve' },
  );
}
