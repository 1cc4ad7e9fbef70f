import { Inject, Injectable } from '@nestjs/common';
import { type Selectable, sql } from 'kysely';
import {
  type AccessPolicy,
  accessPolicySchema,
  type Connection,
  connectionSchema,
  type Datasource,
  type DatasourceStatus,
  type Dialect,
} from '../contracts/datasource.js';
import { type Descriptions, descriptionsSchema } from '../contracts/descriptions.js';
import type { QueryError } from '../contracts/query.js';
import type { SchemaSnapshot } from '../contracts/snapshot.js';
import { permanent } from '../errors/app-error.js';
import { SealedText } from '../secrets/sealed-text.js';
import type { Database } from './database.js';
import { keepNewest } from './keep-newest.js';
import type { WorkDatasource } from './query.work.js';
import { storableJson, storableText } from './storable.js';
import type { Tables } from './tables.js';
import { DATABASE } from './tokens.js';

/** A datasource for people: its credentials stay sealed. */
export interface DatasourceRow extends Omit<Datasource, 'connection'> {
  dialect: Dialect;
  /** Where the database is, without credentials. */
  location: string;
  error: QueryError | null;
  /** Null where it is not refreshed by itself. */
  refreshSeconds: number | null;
  createdAt: Date;
  /** When a refresh was asked for, or the last one ended. */
  updatedAt: Date;
}

/** A datasource for the stages, its connection opened. */
export interface OpenDatasource extends DatasourceRow {
  connection: Connection;
  descriptions: Descriptions | undefined;
  /** How often a refresh was asked for. */
  refreshes: number;
}

const columns = [
  'id',
  'name',
  'dialect',
  'location',
  'policy',
  'status',
  'fingerprint',
  'error',
  'refresh_seconds',
  'created_at',
  'updated_at',
] as const;

/** Datasources and their schema snapshots. Connections are sealed on the way in and opened on the way out. */
@Injectable()
export class DatasourceStore {
  /** By datasource and sealed text. Whether a datasource still is there is read anew each time. */
  private readonly opened = new Map<string, Connection>();

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly sealer: SealedText,
  ) {}

  /** False when another datasource has the name. */
  async add(
    id: string,
    name: string,
    connection: Connection,
    location: string,
    policy: AccessPolicy,
    refreshSeconds: number | null = null,
  ): Promise<boolean> {
    const inserted = await this.db
      .insertInto('datasource')
      .values({
        id,
        name,
        dialect: connection.dialect,
        location: storableText(location),
        sealed_connection: this.sealer.seal(JSON.stringify(connection), id),
        policy: storableJson(policy),
        refresh_seconds: refreshSeconds,
        status: 'indexing',
      })
      .onConflict((conflict) => conflict.column('name').where('removed_at', 'is', null).doNothing())
      .returning('id')
      .execute();
    return inserted.length > 0;
  }

  async list(): Promise<DatasourceRow[]> {
    const rows = await this.db
      .selectFrom('datasource')
      .select(columns)
      .where('removed_at', 'is', null)
      .orderBy('name')
      .execute();
    return rows.map(toRow);
  }

  async byName(name: string): Promise<DatasourceRow | undefined> {
    const row = await this.db
      .selectFrom('datasource')
      .select(columns)
      .where('name', '=', name)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    return row && toRow(row);
  }

  /**
   * Undefined when it was removed.
   * @throws AppError `master_key_wrong`
   */
  async byId(id: string): Promise<OpenDatasource | undefined> {
    const row = await this.db
      .selectFrom('datasource')
      .select([...columns, 'sealed_connection', 'descriptions', 'refreshes'])
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .executeTakeFirst();
    if (!row) return undefined;
    const { refreshes } = row;
    return { ...toRow(row), connection: this.open(row), descriptions: toDescriptions(row), refreshes };
  }

  /**
   * What a statement needs of a datasource that was read along with its query.
   * @throws AppError `master_key_wrong`
   */
  access(id: string, stored: WorkDatasource): Pick<Datasource, 'connection' | 'policy'> {
    const { name, sealedConnection: sealed_connection } = stored;
    return {
      connection: this.open({ id, name, sealed_connection }),
      policy: accessPolicySchema.parse(stored.policy),
    };
  }

  async descriptions(id: string): Promise<Descriptions | undefined> {
    const row = await this.db
      .selectFrom('datasource')
      .select('descriptions')
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toDescriptions(row);
  }

  /** Replaces all of them, and asks for a refresh: they are part of the snapshot. */
  async storeDescriptions(id: string, descriptions: Descriptions): Promise<void> {
    await this.db
      .updateTable('datasource')
      .set({ ...refreshAsked, descriptions: JSON.stringify(descriptions) })
      .where('id', '=', id)
      .execute();
  }

  async setRefreshSeconds(id: string, seconds: number | null): Promise<void> {
    await this.db.updateTable('datasource').set({ refresh_seconds: seconds }).where('id', '=', id).execute();
  }

  /** A refresh is asked for; the snapshot in use, if any, goes on serving. */
  async markIndexing(id: string): Promise<void> {
    await this.db.updateTable('datasource').set(refreshAsked).where('id', '=', id).execute();
  }

  /** Ids of datasources whose refresh began at least the given time ago and has not ended. */
  async indexing(untouchedMs: number): Promise<string[]> {
    const rows = await this.db
      .selectFrom('datasource')
      .select('id')
      .where('status', '=', 'indexing')
      .where('removed_at', 'is', null)
      .where('updated_at', '<', sql<Date>`now() - make_interval(secs => ${untouchedMs / 1000}::float8)`)
      .execute();
    return rows.map((row) => row.id);
  }

  /**
   * Stores the snapshot and puts it to use; older ones go.
   * @param refreshes how many refreshes had been asked for when it was begun
   * @returns false when another one was asked for since
   */
  async storeSnapshot(id: string, snapshot: SchemaSnapshot, refreshes: number): Promise<boolean> {
    return this.db.transaction().execute(async (tx) => {
      await tx
        .insertInto('schema_snapshot')
        .values({
          datasource_id: id,
          fingerprint: snapshot.fingerprint,
          snapshot: storableJson(snapshot),
          taken_at: new Date(snapshot.takenAt),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      const stored = await tx
        .updateTable('datasource')
        .set({
          status: sql<DatasourceStatus>`case when refreshes = ${refreshes} then 'ready' else 'indexing' end`,
          fingerprint: snapshot.fingerprint,
          error: null,
          updated_at: sql<Date>`now()`,
        })
        .where('id', '=', id)
        .returning('refreshes')
        .executeTakeFirst();
      await tx
        .deleteFrom('schema_snapshot')
        .where('datasource_id', '=', id)
        .where('fingerprint', '!=', snapshot.fingerprint)
        .execute();
      return stored === undefined || stored.refreshes === refreshes;
    });
  }

  /** Notes that a snapshot could not be taken. One taken before stays in use. */
  async storeFailure(id: string, error: QueryError): Promise<void> {
    await this.failing(id, error).execute();
  }

  /**
   * The same by somebody who does not take it, and may come late.
   * @returns false when no refresh was under way any more: what one has stored since stands
   */
  async failIndexing(id: string, error: QueryError): Promise<boolean> {
    const failed = await this.failing(id, error).where('status', '=', 'indexing').returning('id').execute();
    return failed.length > 0;
  }

  private failing(id: string, error: QueryError) {
    return this.db
      .updateTable('datasource')
      .set((eb) => ({
        status: eb
          .case()
          .when('fingerprint', 'is', null)
          .then('failed' as const)
          .else('ready' as const)
          .end(),
        error: storableJson(error),
        updated_at: sql<Date>`now()`,
      }))
      .where('id', '=', id)
      .where('removed_at', 'is', null);
  }

  /** False when there is none of that name. Its history stays; its credentials, descriptions and examples go. */
  async remove(name: string): Promise<boolean> {
    const { rows } = await sql`
      with removed as (
        update datasource set removed_at = now(), sealed_connection = '', descriptions = null
        where name = ${name} and removed_at is null returning id),
      forgotten as (delete from verified_example where datasource_id in (select id from removed)),
      withdrawn as (delete from withdrawn_example where datasource_id in (select id from removed))
      select id from removed`.execute(this.db);
    return rows.length > 0;
  }

  private open(row: { id: string; name: string; sealed_connection: string }): Connection {
    // Sealed for one datasource, it must not open as another's.
    const key = `${row.id} ${row.sealed_connection}`;
    const known = this.opened.get(key);
    if (known) return known;
    try {
      const text = this.sealer.open(row.sealed_connection, row.id);
      const connection = connectionSchema.parse(JSON.parse(text));
      keepNewest(this.opened, key, connection);
      return connection;
    } catch (error) {
      throw permanent(
        'master_key_wrong',
        `The credentials of ${row.name} do not open: NANO_MASTER_KEY is not the key that sealed them.`,
        { cause: error },
      );
    }
  }
}

const refreshAsked = {
  status: 'indexing',
  refreshes: sql<number>`refreshes + 1`,
  updated_at: sql<Date>`now()`,
} as const;

/** The pool hands `json` over as it is stored. */
function toDescriptions({ descriptions }: { descriptions: string | null }): Descriptions | undefined {
  return descriptions === null ? undefined : descriptionsSchema.parse(JSON.parse(descriptions));
}

function toRow(row: Pick<Selectable<Tables['datasource']>, (typeof columns)[number]>): DatasourceRow {
  return {
    id: row.id,
    name: row.name,
    dialect: row.dialect,
    location: row.location,
    policy: accessPolicySchema.parse(row.policy),
    status: row.status,
    fingerprint: row.fingerprint,
    error: row.error,
    refreshSeconds: row.refresh_seconds,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
