import { setImmediate as nextTurn } from 'node:timers/promises';
import type SqliteDatabase from 'better-sqlite3';
import type { UnitKind } from '../unit.js';
import type { PartTables } from './part-tables.js';

/** Ids of a chunk. */
const chunkSize = 4_096;

/** Writes the chunks of signs that hold units which came or went. */
export class SignWriter {
  private readonly chunks = new Map<UnitKind, Set<number>>();

  constructor(
    private readonly db: SqliteDatabase.Database,
    private readonly tables: PartTables,
  ) {}

  changed(kind: UnitKind, id: number): void {
    const chunk = Math.floor(id / chunkSize);
    this.chunks.set(kind, (this.chunks.get(kind) ?? new Set()).add(chunk));
  }

  async write(): Promise<void> {
    const { units, signs } = this.tables;
    const read = this.db.prepare<[UnitKind, number, number], { id: number; signs: Buffer }>(
      `select id, vec_quantize_binary(vec_int8(vector)) as signs from ${units}
       where kind = ? and vector is not null and id between ? and ? order by id`,
    );
    const remove = this.db.prepare(`delete from ${signs} where kind = ? and chunk = ?`);
    const insert = this.db.prepare(`insert into ${signs} values (?, ?, ?, ?)`);
    for (const [kind, chunks] of this.chunks)
      for (const chunk of chunks) {
        const rows = read.all(kind, chunk * chunkSize, (chunk + 1) * chunkSize - 1);
        remove.run(kind, chunk);
        const ids = Uint32Array.from(rows.map(({ id }) => id));
        if (ids.length > 0)
          insert.run(kind, chunk, Buffer.from(ids.buffer), Buffer.concat(rows.map((row) => row.signs)));
        await nextTurn();
      }
  }
}
