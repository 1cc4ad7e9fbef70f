import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type SqliteDatabase from 'better-sqlite3';
import type { Embed, IndexKey } from '../schema-index.js';
import { embedTexts } from '../embed-texts.js';
import type { IndexUnit } from '../unit.js';
import { PartTables } from './part-tables.js';
import { SignWriter } from './sign-writer.js';
import { toBytes } from './vector-bytes.js';

/** Units written between two turns of the event loop. */
const batch = 200;
const embeddedAtOnce = 4_096;
/** Of FTS5, between two turns. */
const pagesMerged = 500;

type HashedUnit = readonly [hash: string, unit: IndexUnit];
/** By text; null where the embedder gave none. */
type Vectors = Map<string, Buffer | null>;

/** Brings one part of an index to a version, in one transaction. Vectors are made before it begins. */
export class PartWriter {
  private readonly tables: PartTables;
  private readonly statements = new Map<string, SqliteDatabase.Statement>();
  private readonly signs: SignWriter;

  constructor(
    private readonly db: SqliteDatabase.Database,
    private readonly key: IndexKey,
  ) {
    this.tables = new PartTables(key);
    this.signs = new SignWriter(db, this.tables);
  }

  async write(units: readonly IndexUnit[], embed: Embed | null): Promise<void> {
    const wanted = new Map(units.map((unit) => [hashOf(unit, embed && this.key.model), unit]));
    const vectors: Vectors = new Map();
    do await addVectors(vectors, this.missing(wanted), embed);
    while (!(await this.commit(wanted, embed ? vectors : null)));
    this.db.pragma('wal_checkpoint(TRUNCATE)');
  }

  /** @returns whether it was done: another process may have removed units meanwhile whose vectors are then missing */
  private async commit(wanted: ReadonlyMap<string, IndexUnit>, vectors: Vectors | null): Promise<boolean> {
    await this.begin();
    try {
      this.tables.create(this.db);
      const added = this.missing(wanted);
      const isWhole = added.every(([, { text }]) => !vectors || text === '' || vectors.has(text));
      if (isWhole) await this.replace(wanted, added, vectors);
      this.db.exec(isWhole ? 'commit' : 'rollback');
      return isWhole;
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('rollback');
      throw error;
    }
  }

  private async replace(
    wanted: ReadonlyMap<string, IndexUnit>,
    added: readonly HashedUnit[],
    vectors: Vectors | null,
  ): Promise<void> {
    await this.remove(wanted);
    await this.add(added, vectors);
    await this.signs.write();
    this.db
      .prepare('insert or replace into part (name, datasource_id, version) values (?, ?, ?)')
      .run(this.tables.name, this.key.datasourceId, this.key.version);
  }

  private missing(wanted: ReadonlyMap<string, IndexUnit>): HashedUnit[] {
    const existing = new Set(this.hashes());
    return [...wanted].filter(([hash]) => !existing.has(hash));
  }

  private hashes(): string[] {
    const exists = this.db.prepare(`select 1 from sqlite_schema where name = ?`).get(this.tables.units);
    if (!exists) return [];
    return this.db.prepare<[], string>(`select hex(hash) from ${this.tables.units}`).pluck().all().map(lower);
  }

  /** Another process may be writing: waited for between turns, not in one. */
  private async begin(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        this.db.exec('begin immediate');
        return;
      } catch (error) {
        if (tries === 600 || !/SQLITE_BUSY/.test(String((error as { code?: unknown }).code))) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  private async remove(wanted: ReadonlyMap<string, IndexUnit>): Promise<void> {
    const rows = this.db
      .prepare<[], { id: number; hash: string; kind: IndexUnit['kind']; hasVector: number }>(
        `select id, hex(hash) as hash, kind, vector is not null as hasVector from ${this.tables.units}`,
      )
      .all()
      .filter(({ hash }) => !wanted.has(lower(hash)));
    const unit = this.db.prepare(`delete from ${this.tables.units} where id = ?`);
    for (const [index, { id, kind, hasVector }] of rows.entries()) {
      this.statement(`delete from ${this.tables.words(kind)} where rowid = ?`).run(id);
      if (hasVector) this.signs.changed(kind, id);
      unit.run(id);
      if (index % batch === batch - 1) await nextTurn();
    }
    if (rows.some(({ kind }) => kind === 'values')) await this.forgetCells();
  }

  /** What went stays in FTS5's segments until they are merged: cells may have to be forgotten. */
  private async forgetCells(): Promise<void> {
    const words = this.tables.words('values');
    const merge = this.db.prepare<[number]>(`insert into ${words} (${words}, rank) values ('merge', ?)`);
    const changes = this.db.prepare<[], number>('select total_changes()').pluck();
    merge.run(-pagesMerged);
    for (let before = -1, now = changes.get() ?? 0; now - before > 1; now = changes.get() ?? 0) {
      before = now;
      merge.run(pagesMerged);
      await nextTurn();
    }
  }

  private async add(units: readonly HashedUnit[], vectors: Vectors | null): Promise<void> {
    const insert = this.db.prepare(`insert into ${this.tables.units} values (null, ?, ?, ?, ?, ?, ?)`);
    for (const [index, [hash, unit]] of units.entries()) {
      const { kind, table, column, reference, words } = unit;
      const vector = vectors?.get(unit.text) ?? null;
      const id = Number(
        insert.run(Buffer.from(hash, 'hex'), kind, table, column, reference, vector).lastInsertRowid,
      );
      this.statement(
        `insert into ${this.tables.words(kind)} (rowid, name, body, around) values (?, ?, ?, ?)`,
      ).run(id, words.name.join(' '), words.body.join(' '), words.around.join(' '));
      if (vector) this.signs.changed(kind, id);
      if (index % batch === batch - 1) await nextTurn();
    }
  }

  private statement(sql: string): SqliteDatabase.Statement {
    const known = this.statements.get(sql) ?? this.db.prepare(sql);
    this.statements.set(sql, known);
    return known;
  }
}

/** Adds those of texts that were not embedded yet. Only the bytes that are kept are held of all of them. */
async function addVectors(
  vectors: Vectors,
  units: readonly HashedUnit[],
  embed: Embed | null,
): Promise<void> {
  if (!embed) return;
  const texts = [...new Set(units.map(([, { text }]) => text))].filter((text) => !vectors.has(text));
  for (let start = 0; start < texts.length; start += embeddedAtOnce) {
    const some = texts.slice(start, start + embeddedAtOnce);
    const found = await embedTexts(some, embed);
    for (const text of some) {
      const vector = found.get(text);
      vectors.set(text, vector ? toBytes(vector) : null);
    }
  }
}

/** Equal for units that are indexed alike; one with a vector is not one without, nor one with another model's. */
function hashOf(unit: IndexUnit, model: string | null): string {
  return createHash('sha256')
    .update(JSON.stringify([unit, unit.text === '' ? null : model]))
    .digest('hex')
    .slice(0, 32);
}

function lower(text: string): string {
  return text.toLowerCase();
}
