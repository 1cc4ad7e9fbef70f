import type { IndexKey } from '../schema-index.js';
import type { Collection, Collections } from './collections.js';
import { isMissing } from './collections.js';
import { isMarker, markerId, markerKind, type MarkerPayload, match, ofPart } from './point.js';
import type { QdrantConnection } from './qdrant.connection.js';

type Part = Pick<IndexKey, 'datasourceId' | 'part'>;

/** A build that began longer ago than this has failed or died. */
const longestBuildMs = 3_600_000;
const page = 1_000;

/** The points that tell which versions are complete, and where. */
export class Markers {
  constructor(
    private readonly connection: QdrantConnection,
    private readonly collections: Collections,
  ) {}

  /** Where a version is complete. */
  async find(key: IndexKey): Promise<Collection | undefined> {
    for (const collection of await this.collections.list())
      if (await this.isReady(collection, key)) return collection;
    return undefined;
  }

  async set({ name }: Collection, key: IndexKey, state: MarkerPayload['state']): Promise<void> {
    const { datasourceId, part, version } = key;
    const payload: MarkerPayload = {
      datasourceId,
      part,
      kind: markerKind,
      versions: [version],
      state,
      at: Date.now(),
    };
    const points = [{ id: markerId(key), vector: {}, payload: { ...payload } }];
    await this.connection.request((client) => client.upsert(name, { points, wait: true }));
  }

  /** Versions of which points may be in use: this one, the one before, and those that are being built. */
  async inUse(key: IndexKey): Promise<Set<string>> {
    const markers: MarkerPayload[] = [];
    for (const collection of await this.collections.list())
      markers.push(...(await this.all(collection, key)));
    const others = markers.filter(({ versions: [version] }) => version !== key.version);
    const before = others.filter(({ state }) => state === 'ready').sort((a, b) => b.at - a.at);
    const building = others.filter(
      ({ state, at }) => state === 'building' && Date.now() - at < longestBuildMs,
    );
    return new Set([
      key.version,
      ...[...before.slice(0, 1), ...building].map(({ versions: [version] }) => version),
    ]);
  }

  /** Deletes what belongs to other versions alone; their markers first, so that none outlives its units. */
  async keepOnly(part: Part, versions: ReadonlySet<string>): Promise<void> {
    const others = { must_not: { key: 'versions', match: { any: [...versions] } } };
    const operations = [
      { delete: { filter: { must: [...ofPart(part), isMarker], ...others } } },
      { delete: { filter: { must: ofPart(part), ...others } } },
    ];
    for (const { name } of await this.collections.list())
      await this.connection.request((client) => client.batchUpdate(name, { operations, wait: true }));
  }

  async drop(datasourceId: string): Promise<void> {
    const filter = { must: [match('datasourceId', datasourceId)] };
    const operations = [{ delete: { filter: { must: [...filter.must, isMarker] } } }, { delete: { filter } }];
    for (const { name } of await this.collections.list())
      await this.connection.request((client) => client.batchUpdate(name, { operations, wait: true }));
  }

  private async isReady({ name }: Collection, key: IndexKey): Promise<boolean> {
    try {
      const [marker] = await this.connection.request((client) =>
        client.retrieve(name, { ids: [markerId(key)], with_payload: true }),
      );
      return (marker?.payload as MarkerPayload | undefined)?.state === 'ready';
    } catch (error) {
      // Deleted since it was listed.
      if (isMissing(error)) return false;
      throw error;
    }
  }

  private async all({ name }: Collection, part: Part): Promise<MarkerPayload[]> {
    const filter = { must: [...ofPart(part), isMarker] };
    const { points } = await this.connection.request((client) =>
      client.scroll(name, { filter, limit: page, with_payload: true }),
    );
    return points.map(({ payload }) => payload as unknown as MarkerPayload);
  }
}
