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

interface NewUnit {
  unit: IndexUnit;
  hash: Buffer;
  vector: Buffer | null;
}

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
    const wanted = new Map(
      units.map((unit) => [hashOf(unit, embed && this.key.model).toString('hex'), unit]),
    );
    const kept = new Set(this.hashes().filter((hash) => wanted.has(hash)));
    const fresh = [...wanted].filter(([hash]) => !kept.has(hash));
    const vectors = await vectorsOf(
      fresh.map(([, unit]) => unit),
      embed,
    );
    const added = fresh.map(([hash, unit]): NewUnit => ({
      unit,
      hash: Buffer.from(hash, 'hex'),
      vector: vectors.get(unit.text) ?? null,
    }));
    await this.begin();
    try {
      this.tables.create(this.db);
      await this.remove(wanted);
      await this.add(added);
      await this.signs.write();
      this.db
        .prepare('insert or replace into part (name, datasource_id, version) values (?, ?, ?)')
        .run(this.tables.name, this.key.datasourceId, this.key.version);
      this.db.exec('commit');
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('rollback');
      throw error;
    }
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
  }

  private async add(units: readonly NewUnit[]): Promise<void> {
    const insert = this.db.prepare(`insert into ${this.tables.units} values (null, ?, ?, ?, ?, ?, ?)`);
    for (const [index, { unit, hash, vector }] of units.entries()) {
      const { kind, table, column, reference, words } = unit;
      const id = Number(insert.run(hash, kind, table, column, reference, vector).lastInsertRowid);
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

/** By text. Only the bytes that are kept are held of all of them. */
async function vectorsOf(units: readonly IndexUnit[], embed: Embed | null): Promise<Map<string, Buffer>> {
  const vectors = new Map<string, Buffer>();
  if (!embed) return vectors;
  const texts = [...new Set(units.map(({ text }) => text))];
  for (let start = 0; start < texts.length; start += embeddedAtOnce)
    for (const [text, vector] of await embedTexts(texts.slice(start, start + embeddedAtOnce), embed))
      vectors.set(text, toBytes(vector));
  return vectors;
}

/** Equal for units that are indexed alike; one with a vector is not one without, nor one with another model's. */
function hashOf(unit: IndexUnit, model: string | null): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([unit, unit.text === '' ? null : model]))
    .digest()
    .subarray(0, 16);
}

function lower(text: string): string {
  return text.toLowerCase();
}
