import type { Schemas } from '@qdrant/js-client-rest';
import { retryable } from '#shared/errors/app-error';
import { embedTexts } from '../embed-texts.js';
import type { Embed, IndexKey } from '../schema-index.js';
import type { IndexUnit, UnitKind } from '../unit.js';
import { type Collection, type Collections, isMissing, wrongDimension } from './collections.js';
import type { Markers } from './markers.js';
import { isMarker, match, meaningVector, ofPart, unitId, type UnitPayload, wordsVector } from './point.js';
import type { QdrantConnection } from './qdrant.connection.js';
import { averageLengths, unitVector } from './word-vector.js';

/** Units embedded at a time, and what a crash repeats of it. */
const embeddedAtOnce = 512;
/** Points of a request: vectors of 4,096 dimensions stay below the 32 MiB that Qdrant takes. */
const writtenAtOnce = 128;
const idsAtOnce = 1_000;
/** Rounds in which another retriever's builds may get in the way of this one's. */
const rounds = 5;

/** Ids of points by the versions that they belong to. */
type Existing = Map<string, readonly string[]>;

/**
 * Brings one part of an index to a version: writes the units that no version has, adds the version to the others, and says so
 * at last. Other retrievers may build other versions meanwhile: a point is inserted or has its versions replaced only as long
 * as it is as it was read, and what lost that race is done again.
 */
export class PartBuilder {
  private readonly wanted: ReadonlyMap<string, IndexUnit>;
  private readonly averages: ReadonlyMap<UnitKind, number>;

  constructor(
    private readonly connection: QdrantConnection,
    private readonly collections: Collections,
    private readonly markers: Markers,
    private readonly key: IndexKey,
    units: readonly IndexUnit[],
  ) {
    this.wanted = new Map(units.map((unit) => [unitId(key, unit), unit]));
    this.averages = averageLengths(units);
  }

  /**
   * @returns where the version is now complete
   * @throws AppError `index_unavailable` (retryable) where others get in the way, or a collection goes away meanwhile
   */
  async build(embed: Embed | null): Promise<Collection> {
    try {
      return await this.inRounds(embed);
    } catch (cause) {
      if (!isMissing(cause)) throw cause;
      // Or it was just made, and not all nodes of a cluster know it yet.
      throw retryable('index_unavailable', 'A collection went away while Qdrant was written to.', {
        stage: 'retrieve',
        cause,
      });
    }
  }

  private async inRounds(embed: Embed | null): Promise<Collection> {
    let [place, existing] = await this.kept(embed !== null);
    if (place) await this.begin(place.dimension);
    for (let round = 0; round < rounds; round += 1) {
      if (place && round > 0) existing = await this.existing(place);
      place = await this.insert(existing, place, embed);
      await this.addVersion(existing, place);
      if ((await this.count(place)) < this.wanted.size) continue;
      await this.markers.set(place, this.key, 'ready');
      await this.markers.keepOnly(this.key, await this.markers.inUse(this.key));
      return place;
    }
    throw retryable('index_unavailable', 'Other builds of the same index got in the way of this one.', {
      stage: 'retrieve',
    });
  }

  /** The collection that has some of the units already, and what it has. Those with vectors tell the models apart. */
  private async kept(withVectors: boolean): Promise<[Collection | undefined, Existing]> {
    const telling = [...this.wanted].filter(([, { text }]) => !withVectors || text !== '');
    for (const collection of await this.collections.list()) {
      if ((collection.dimension !== null) !== withVectors) continue;
      const existing = await this.existing(collection);
      if (telling.some(([id]) => existing.has(id))) return [collection, existing];
    }
    return [undefined, new Map()];
  }

  private async begin(dimension: number | null): Promise<Collection> {
    const place = await this.collections.ensure(dimension);
    await this.markers.set(place, this.key, 'building');
    return place;
  }

  private async existing({ name }: Collection): Promise<Existing> {
    const existing: Existing = new Map();
    const request = {
      filter: { must: ofPart(this.key), must_not: [isMarker] },
      with_payload: ['versions'],
      limit: idsAtOnce,
    };
    let offset: Schemas['ScrollResult']['next_page_offset'];
    do {
      const from = offset === undefined ? request : { ...request, offset };
      const page = await this.connection.request((client) => client.scroll(name, from));
      for (const { id, payload } of page.points)
        existing.set(String(id), (payload as unknown as UnitPayload).versions);
      offset = page.next_page_offset ?? undefined;
    } while (offset !== undefined);
    return existing;
  }

  /** Writes what is not there yet; the first vectors tell which collection it is. */
  private async insert(
    existing: Existing,
    known: Collection | undefined,
    embed: Embed | null,
  ): Promise<Collection> {
    const fresh = [...this.wanted].filter(([id]) => !existing.has(id));
    // Those with vectors first: they tell the dimension. Equal texts beside each other, to be embedded once.
    const ordered = fresh.sort(([, a], [, b]) => Number(b.text > a.text) - Number(b.text < a.text));
    let place = known;
    for (let start = 0; start < ordered.length; start += embeddedAtOnce) {
      const some = ordered.slice(start, start + embeddedAtOnce);
      const texts = some.map(([, { text }]) => text);
      const vectors = embed ? await embedTexts(texts, embed) : new Map<string, Float32Array>();
      const [first] = vectors.values();
      place ??= await this.begin(first?.length ?? null);
      for (const { length } of vectors.values())
        if (length !== place.dimension) throw wrongDimension(place, length);
      const points = some.map(([id, unit]) => this.point(id, unit, vectors.get(unit.text)));
      await this.write(place, points);
    }
    return place ?? this.begin(null);
  }

  private async write({ name }: Collection, points: Schemas['PointStruct'][]): Promise<void> {
    for (let start = 0; start < points.length; start += writtenAtOnce) {
      const some = points.slice(start, start + writtenAtOnce);
      await this.connection.request((client) =>
        client.upsert(name, { points: some, update_mode: 'insert_only', wait: true }),
      );
    }
  }

  private point(id: string, unit: IndexUnit, vector: Float32Array | undefined): Schemas['PointStruct'] {
    const { kind, table, column, reference, words } = unit;
    const { datasourceId, part, version } = this.key;
    const payload: UnitPayload = { datasourceId, part, kind, table, column, reference, versions: [version] };
    const sparse = unitVector(words, this.averages.get(kind) ?? 0);
    return {
      id,
      vector: {
        ...(vector ? { [meaningVector]: [...vector] } : {}),
        ...(sparse.indices.length > 0 ? { [wordsVector]: sparse } : {}),
      },
      payload: { ...payload },
    };
  }

  private async addVersion(existing: Existing, { name }: Collection): Promise<void> {
    const { version } = this.key;
    const kept = Map.groupBy(
      [...existing].filter(([id, versions]) => this.wanted.has(id) && !versions.includes(version)),
      ([, versions]) => JSON.stringify(versions),
    );
    if (kept.size === 0) return;
    const inUse = await this.markers.inUse(this.key);
    for (const points of kept.values()) {
      const [, versions] = points[0] ?? ['', []];
      const payload = { versions: [...versions.filter((one) => inUse.has(one)), version] };
      const unchanged = {
        must: versions.map((one) => match('versions', one)),
        must_not: [{ key: 'versions', match: { except: [...versions] } }],
      };
      for (let start = 0; start < points.length; start += idsAtOnce) {
        const has_id = points.slice(start, start + idsAtOnce).map(([id]) => id);
        const filter = { ...unchanged, must: [...unchanged.must, { has_id }] };
        await this.connection.request((client) => client.setPayload(name, { payload, filter, wait: true }));
      }
    }
  }

  private async count({ name }: Collection): Promise<number> {
    const filter = { must: [...ofPart(this.key), match('versions', this.key.version)], must_not: [isMarker] };
    const { count } = await this.connection.request((client) => client.count(name, { filter, exact: true }));
    return count;
  }
}
