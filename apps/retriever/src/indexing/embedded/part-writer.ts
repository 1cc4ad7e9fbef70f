import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type SqliteDatabase from 'better-sqlite3';
import type { Embed, IndexKey } from '../schema-index.js';
import type { IndexUnit } from '../unit.js';
import { PartTables } from './part-tables.js';
import { toBytes } from './vector-bytes.js';

/** Units written between two turns of the event loop. */
const batch = 200;

interface NewUnit {
  unit: IndexUnit;
  hash: Buffer;
  vector: Buffer | null;
}

/** Brings one part of an index to a version, in one transaction. Vectors are made before it begins. */
export class PartWriter {
  private readonly tables: PartTables;
  private readonly statements = new Map<string, SqliteDatabase.Statement>();
  private readonly dimensions = new Set<IndexUnit['kind']>();

  constructor(
    private readonly db: SqliteDatabase.Database,
    private readonly key: IndexKey,
  ) {
    this.tables = new PartTables(key);
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
      vector: vectors.get(unit) ?? null,
    }));
    await this.begin();
    try {
      this.tables.create(this.db);
      await this.remove(wanted);
      await this.add(added);
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
      if (hasVector) this.statement(`delete from ${this.tables.vectors(kind)} where rowid = ?`).run(id);
      unit.run(id);
      if (index % batch === batch - 1) await nextTurn();
    }
  }

  private async add(units: readonly NewUnit[]): Promise<void> {
    const insert = this.db.prepare(`insert into ${this.tables.units} values (null, ?, ?, ?, ?, ?, ?)`);
    for (const [index, { unit, hash, vector }] of units.entries()) {
      const { kind, table, column, reference, words } = unit;
      const id = BigInt(insert.run(hash, kind, table, column, reference, vector).lastInsertRowid);
      this.statement(
        `insert into ${this.tables.words(kind)} (rowid, name, body, around) values (?, ?, ?, ?)`,
      ).run(id, words.name.join(' '), words.body.join(' '), words.around.join(' '));
      if (vector) this.addVector(kind, id, vector);
      if (index % batch === batch - 1) await nextTurn();
    }
  }

  private addVector(kind: IndexUnit['kind'], id: bigint, vector: Buffer): void {
    const table = this.tables.vectors(kind);
    if (!this.dimensions.has(kind)) {
      this.tables.createVectors(this.db, kind, vector.length);
      this.dimensions.add(kind);
    }
    this.statement(`insert into ${table} (rowid, coarse) values (?, vec_quantize_binary(vec_int8(?)))`).run(
      id,
      vector,
    );
  }

  private statement(sql: string): SqliteDatabase.Statement {
    const known = this.statements.get(sql) ?? this.db.prepare(sql);
    this.statements.set(sql, known);
    return known;
  }
}

async function vectorsOf(units: readonly IndexUnit[], embed: Embed | null): Promise<Map<IndexUnit, Buffer>> {
  const embedded = embed ? units.filter((unit) => unit.text !== '') : [];
  if (!embed || embedded.length === 0) return new Map();
  const vectors = await embed(embedded.map((unit) => unit.text));
  return new Map(
    embedded.flatMap((unit, index) => {
      const vector = vectors[index];
      return vector ? [[unit, toBytes(vector)] as const] : [];
    }),
  );
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
