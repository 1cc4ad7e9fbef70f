import type { Schemas } from '@qdrant/js-client-rest';
import { retryable } from '#shared/errors/app-error';
import { embedTexts } from '../embed-texts.js';
import type { Embed, IndexKey } from '../schema-index.js';
import type { IndexUnit, UnitKind } from '../unit.js';
import { type Collection, type Collections, isMissing, wrongDimension } from './collections.js';
import { listedBy, type Markers, type Place } from './markers.js';
import {
  isMarker,
  match,
  meaningVector,
  ofPart,
  ofVersion,
  unitId,
  type UnitPayload,
  type VersionLists,
  wordsVector,
} from './point.js';
import type { QdrantConnection } from './qdrant.connection.js';
import { chooseBase, type Existing } from './version-base.js';
import { averageLengths, unitVector } from './word-vector.js';

/** Units embedded at a time, and what a crash repeats of it. */
const embeddedAtOnce = 512;
/** Points of a request: vectors of 4,096 dimensions stay below the 32 MiB that Qdrant takes. */
const writtenAtOnce = 128;
const idsAtOnce = 1_000;
/** Rounds in which another retriever's builds may get in the way of this one's. */
const rounds = 5;

/**
 * Brings one part of an index to a version: writes the units that no version has, adds the version to what differs from its
 * base, and says so at last. Other retrievers may build other versions meanwhile: a point is inserted or has its lists replaced
 * only as long as it is as it was read, and what lost that race is done again.
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
  async build(embed: Embed | null): Promise<Place> {
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

  private async inRounds(embed: Embed | null): Promise<Place> {
    let [collection, existing] = await this.kept(embed !== null);
    for (let round = 0; round < rounds; round += 1) {
      if (collection && round > 0) existing = await this.existing(collection);
      const base =
        collection && chooseBase(this.wanted, existing, await this.markers.ready(collection, this.key));
      const place = await this.insert(
        existing,
        collection && (await this.begin(collection, base ?? null)),
        embed,
      );
      ({ collection } = place);
      await this.list(existing, place);
      if ((await this.count(place)) !== this.wanted.size) continue;
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

  private async begin({ dimension }: Pick<Collection, 'dimension'>, base: string | null): Promise<Place> {
    const place = { collection: await this.collections.ensure(dimension), base };
    await this.markers.set(place, this.key, 'building');
    return place;
  }

  private async existing({ name }: Collection): Promise<Existing> {
    const existing = new Map<string, VersionLists>();
    const request = {
      filter: { must: ofPart(this.key), must_not: [isMarker] },
      with_payload: ['versions', 'without'],
      limit: idsAtOnce,
    };
    let offset: Schemas['ScrollResult']['next_page_offset'];
    do {
      const from = offset === undefined ? request : { ...request, offset };
      const page = await this.connection.request((client) => client.scroll(name, from));
      for (const { id, payload } of page.points) existing.set(String(id), payload as unknown as UnitPayload);
      offset = page.next_page_offset ?? undefined;
    } while (offset !== undefined);
    return existing;
  }

  /** Writes what is not there yet; the first vectors tell which collection it is. */
  private async insert(existing: Existing, known: Place | undefined, embed: Embed | null): Promise<Place> {
    const fresh = [...this.wanted].filter(([id]) => !existing.has(id));
    // Those with vectors first: they tell the dimension. Equal texts beside each other, to be embedded once.
    const ordered = fresh.sort(([, a], [, b]) => Number(b.text > a.text) - Number(b.text < a.text));
    let place = known;
    for (let start = 0; start < ordered.length; start += embeddedAtOnce) {
      const some = ordered.slice(start, start + embeddedAtOnce);
      const texts = some.map(([, { text }]) => text);
      const vectors = embed ? await embedTexts(texts, embed) : new Map<string, Float32Array>();
      const [first] = vectors.values();
      place ??= await this.begin({ dimension: first?.length ?? null }, null);
      const { collection } = place;
      for (const { length } of vectors.values())
        if (length !== collection.dimension) throw wrongDimension(collection, length);
      const points = some.map(([id, unit]) => this.point(id, unit, vectors.get(unit.text)));
      await this.write(collection, points);
    }
    return place ?? this.begin({ dimension: null }, null);
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
    const lists: VersionLists = { versions: [version], without: [] };
    const payload: UnitPayload = { datasourceId, part, kind, table, column, reference, ...lists };
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

  /** Adds the version to the points that it has and its base has not, and to those that it is without. */
  private async list(existing: Existing, place: Place): Promise<void> {
    const { version } = this.key;
    const isOfBase = ({ versions }: VersionLists) => place.base !== null && versions.includes(place.base);
    const [added, removed]: [[string, VersionLists][], [string, VersionLists][]] = [[], []];
    for (const [id, lists] of existing)
      if (!this.wanted.has(id)) {
        if (isOfBase(lists) && !lists.without.includes(version)) removed.push([id, lists]);
      } else if (!isOfBase(lists) && !lists.versions.includes(version)) added.push([id, lists]);
    if (added.length + removed.length === 0) return;
    const listed = listedBy(await this.markers.inUse(this.key)).add(place.base ?? version);
    await this.append('versions', added, listed, place);
    await this.append('without', removed, listed, place);
  }

  /** @param listed versions that the points go on listing */
  private async append(
    field: keyof VersionLists,
    points: readonly [string, VersionLists][],
    listed: ReadonlySet<string>,
    { collection: { name } }: Place,
  ): Promise<void> {
    for (const alike of Map.groupBy(points, ([, lists]) => JSON.stringify(lists[field])).values()) {
      const before = alike[0]?.[1][field] ?? [];
      const payload = { [field]: [...before.filter((one) => listed.has(one)), this.key.version] };
      const unchanged =
        before.length === 0
          ? { must: [{ is_empty: { key: field } }] }
          : {
              must: before.map((one) => match(field, one)),
              must_not: [{ key: field, match: { except: [...before] } }],
            };
      for (let start = 0; start < alike.length; start += idsAtOnce) {
        const has_id = alike.slice(start, start + idsAtOnce).map(([id]) => id);
        const filter = { ...unchanged, must: [...unchanged.must, { has_id }] };
        await this.connection.request((client) => client.setPayload(name, { payload, filter, wait: true }));
      }
    }
  }

  private async count({ collection: { name }, base }: Place): Promise<number> {
    const { must, must_not } = ofVersion(this.key, base);
    const filter = { must, must_not: [...must_not, isMarker] };
    const { count } = await this.connection.request((client) => client.count(name, { filter, exact: true }));
    return count;
  }
}
