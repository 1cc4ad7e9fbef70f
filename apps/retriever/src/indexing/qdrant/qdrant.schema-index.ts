import { permanent } from '#shared/errors/app-error';
import { type Embed, type IndexKey, SchemaIndex, searchLists, type UnitSearch } from '../schema-index.js';
import type { IndexUnit, UnitHit, UnitSubject } from '../unit.js';
import { type CollectionOptions, Collections, isMissing, missing, wrongDimension } from './collections.js';
import { listQuery } from './list-query.js';
import { Markers, type Place } from './markers.js';
import { PartBuilder } from './part-builder.js';
import { QdrantConnection } from './qdrant.connection.js';

export interface QdrantOptions extends CollectionOptions {
  url: string;
  apiKey: string | undefined;
}

const placesKept = 1_000;

/**
 * Schema index in Qdrant: sparse vectors ranked by BM25 for words, dense ones for meaning, fused by the server. A point says which
 * versions it belongs to, and a marker which versions are complete; a search names its version, so a new one takes over at once.
 */
export class QdrantSchemaIndex extends SchemaIndex {
  private readonly connection: QdrantConnection;
  private readonly collections: Collections;
  private readonly markers: Markers;
  /** Where versions are complete, as last seen; the oldest one goes first. */
  private readonly places = new Map<string, Place>();
  private building: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: QdrantOptions) {
    super();
    this.connection = new QdrantConnection(options.url, options.apiKey);
    this.collections = new Collections(this.connection, options);
    this.markers = new Markers(this.connection, this.collections);
  }

  override async has(key: IndexKey): Promise<boolean> {
    return (await this.find(key)) !== undefined;
  }

  override build(key: IndexKey, units: readonly IndexUnit[], embed: Embed | null): Promise<void> {
    return this.inTurn(async () => {
      if (await this.has(key)) return;
      const builder = new PartBuilder(this.connection, this.collections, this.markers, key, units);
      this.remember(key, await builder.build(embed));
    });
  }

  override async search(key: IndexKey, { stems, vector }: UnitSearch): Promise<UnitHit[]> {
    const place = this.places.get(nameOf(key)) ?? (await this.find(key));
    if (!place) throw notIndexed(key);
    const { collection, base } = place;
    if (vector && collection.dimension !== null && vector.length !== collection.dimension)
      throw wrongDimension(collection, vector.length);
    const search = { stems, vector: collection.dimension === null ? null : vector };
    const query = listQuery(key, base, search, this.options.quantization !== 'none');
    if (!query) return [];
    const { points } = await this.inPlace(key, place, () =>
      this.connection.request((client) => client.query(collection.name, query)),
    );
    // Another retriever may have deleted the version since it was seen here.
    if (points.length === 0 && !(await this.has(key))) throw notIndexed(key);
    return points
      .map(({ payload, score }) => ({ ...subjectOf(payload as unknown as UnitSubject), score }))
      .sort(bestFirst);
  }

  override async drop(datasourceId: string): Promise<void> {
    await this.inTurn(() => this.markers.drop(datasourceId));
    this.places.clear();
  }

  override async check(): Promise<Record<string, unknown>> {
    const { collections } = await this.connection.once((client) => client.getCollections());
    const own = this.collections.ownOf(collections);
    const infos = await Promise.all(
      own.map(({ name }) => this.connection.once((client) => client.getCollection(name))),
    );
    const points = infos.reduce((sum, { points_count: count }) => sum + (count ?? 0), 0);
    return { adapter: 'qdrant', collections: own.length, points };
  }

  override async close(): Promise<void> {
    await this.building;
  }

  private async find(key: IndexKey): Promise<Place | undefined> {
    const place = await this.markers.find(key);
    if (place) this.remember(key, place);
    else this.places.delete(nameOf(key));
    return place;
  }

  private remember(key: IndexKey, place: Place): void {
    this.places.set(nameOf(key), place);
    const [oldest] = this.places.keys();
    if (this.places.size > placesKept && oldest !== undefined) this.places.delete(oldest);
  }

  private async inPlace<T>(key: IndexKey, place: Place, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isMissing(error)) throw error;
      this.places.delete(nameOf(key));
      throw missing(place.collection);
    }
  }

  /** One build of a process at a time: each takes what memory and requests it needs. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.building.then(work, work);
    this.building = turn.catch(() => undefined);
    return turn;
  }
}

function nameOf({ datasourceId, part, version }: IndexKey): string {
  return `${datasourceId} ${part} ${version}`;
}

function subjectOf({ kind, table, column, reference }: UnitSubject): UnitSubject {
  return { kind, table, column, reference };
}

/** Those of one score in an order that does not change from one search to the next. */
function bestFirst(a: UnitHit, b: UnitHit): number {
  return b.score - a.score || kindOrder(a) - kindOrder(b) || compare(orderOf(a), orderOf(b));
}

/** Lists of different kinds have first hits of one score: tables go before their columns. */
function kindOrder({ kind }: UnitSubject): number {
  return searchLists.findIndex((list) => list.kind === kind);
}

function orderOf({ table, column, reference }: UnitSubject): string {
  return JSON.stringify([table, column, reference]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function notIndexed({ datasourceId, part, version }: IndexKey): Error {
  return permanent(
    'index_invalid',
    `Qdrant has no version ${version} of the ${part} of datasource ${datasourceId}. Refresh the datasource: \`./nano datasource refresh\` builds it again.`,
    { stage: 'retrieve' },
  );
}
