import type { IndexKey } from '../schema-index.js';
import type { Collection, Collections } from './collections.js';
import { isMissing } from './collections.js';
import { isMarker, markerId, markerKind, type MarkerPayload, match, ofPart } from './point.js';
import type { QdrantConnection } from './qdrant.connection.js';

type Part = Pick<IndexKey, 'datasourceId' | 'part'>;

/** A build that began longer ago than this has failed or died. */
const longestBuildMs = 3_600_000;
const page = 1_000;

/** Where a version is complete, and the version that its points list where they do not list it itself. */
export interface Place {
  collection: Collection;
  base: string | null;
}

/** The points that tell which versions are complete, and where. */
export class Markers {
  constructor(
    private readonly connection: QdrantConnection,
    private readonly collections: Collections,
  ) {}

  /** Where a version is complete. */
  async find(key: IndexKey): Promise<Place | undefined> {
    for (const collection of await this.collections.list()) {
      const marker = await this.marker(collection, key);
      if (marker?.state === 'ready') return { collection, base: marker.base };
    }
    return undefined;
  }

  async set({ collection, base }: Place, key: IndexKey, state: MarkerPayload['state']): Promise<void> {
    const { datasourceId, part, version } = key;
    const payload: MarkerPayload = {
      datasourceId,
      part,
      kind: markerKind,
      versions: [version],
      base,
      state,
      at: Date.now(),
    };
    const points = [{ id: markerId(key), vector: {}, payload: { ...payload } }];
    await this.connection.request((client) => client.upsert(collection.name, { points, wait: true }));
  }

  /** Versions that are complete in a collection. */
  async ready(collection: Collection, part: Part): Promise<MarkerPayload[]> {
    return (await this.all(collection, part)).filter(({ state }) => state === 'ready');
  }

  /** Versions that may be asked for: this one, the one before, and those that are being built. */
  async inUse(key: IndexKey): Promise<MarkerPayload[]> {
    const markers: MarkerPayload[] = [];
    for (const collection of await this.collections.list())
      markers.push(...(await this.all(collection, key)));
    const isThis = ({ versions: [version] }: MarkerPayload) => version === key.version;
    const others = markers.filter((marker) => !isThis(marker));
    const before = others.filter(({ state }) => state === 'ready').sort((a, b) => b.at - a.at);
    const building = others.filter(
      ({ state, at }) => state === 'building' && Date.now() - at < longestBuildMs,
    );
    return [...markers.filter(isThis), ...before.slice(0, 1), ...building];
  }

  /** Deletes what belongs to other versions alone; their markers first, so that none outlives its units. */
  async keepOnly(part: Part, markers: readonly MarkerPayload[]): Promise<void> {
    const listing = (any: string[]) => ({ key: 'versions', match: { any } });
    const asked = listing(markers.map(({ versions: [version] }) => version));
    const must_not = [listing([...listedBy(markers)]), isMarker];
    const operations = [
      { delete: { filter: { must: [...ofPart(part), isMarker], must_not: [asked] } } },
      { delete: { filter: { must: ofPart(part), must_not } } },
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

  private async marker({ name }: Collection, key: IndexKey): Promise<MarkerPayload | undefined> {
    try {
      const [marker] = await this.connection.request((client) =>
        client.retrieve(name, { ids: [markerId(key)], with_payload: true }),
      );
      return marker?.payload as MarkerPayload | undefined;
    } catch (error) {
      // Deleted since it was listed.
      if (isMissing(error)) return undefined;
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

/** Versions that the points of these list: their own and their bases. */
export function listedBy(markers: readonly MarkerPayload[]): Set<string> {
  return new Set(markers.flatMap(({ versions, base }) => (base === null ? versions : [...versions, base])));
}
