import type { Schemas } from '@qdrant/js-client-rest';
import { permanent } from '#shared/errors/app-error';
import { filteredFields, meaningVector, wordsVector } from './point.js';
import type { QdrantConnection } from './qdrant.connection.js';
import { statusOf } from './qdrant.failure.js';

export interface CollectionOptions {
  /** Begins the names of the collections. */
  prefix: string;
  shards: number | undefined;
  replicas: number | undefined;
  quantization: 'none' | 'scalar' | 'binary';
}

export interface Collection {
  name: string;
  /** Of its vectors; null where words alone find its units. */
  dimension: number | null;
}

/** Changes with what a point or a collection holds: an older version of the service goes on with its own. */
const layout = 2;

const quantizations = {
  none: undefined,
  scalar: { scalar: { type: 'int8', quantile: 0.99, memory: 'pinned' } },
  binary: { binary: { memory: 'pinned' } },
} as const satisfies Record<CollectionOptions['quantization'], Schemas['QuantizationConfig'] | undefined>;

/** The collections that hold the index, one for each dimension of vectors and one without: `nano-2-384`, `nano-2-words`. */
export class Collections {
  constructor(
    private readonly connection: QdrantConnection,
    private readonly options: CollectionOptions,
  ) {}

  /** Those that exist. */
  async list(): Promise<Collection[]> {
    const { collections } = await this.connection.request((client) => client.getCollections());
    return this.ownOf(collections);
  }

  /** Those of this service, of all that the server has. */
  ownOf(collections: readonly { name: string }[]): Collection[] {
    return collections.flatMap(({ name }): Collection[] => {
      const kind = name.startsWith(this.start) ? name.slice(this.start.length) : '';
      if (kind === 'words') return [{ name, dimension: null }];
      return /^\d+$/.test(kind) ? [{ name, dimension: Number(kind) }] : [];
    });
  }

  /**
   * Makes the collection and its payload indexes where they are missing; other retrievers may do so at the same time.
   * @throws AppError `index_invalid` for one that somebody else made otherwise
   */
  async ensure(dimension: number | null): Promise<Collection> {
    const collection = { name: `${this.start}${dimension ?? 'words'}`, dimension };
    const info = (await this.info(collection)) ?? (await this.create(collection));
    this.check(collection, info);
    for (const field_name of filteredFields) {
      if (field_name in info.payload_schema) continue;
      const field_schema = {
        type: 'keyword',
        ...(field_name === 'datasourceId' ? { is_tenant: true } : {}),
        // Graphs of their own would be built for each version, and again for the next.
        ...(field_name === 'versions' || field_name === 'without' || field_name === 'part'
          ? { enable_hnsw: false }
          : {}),
      } as const;
      await this.connection.request((client) =>
        client.createPayloadIndex(collection.name, { field_name, field_schema, wait: true }),
      );
    }
    return collection;
  }

  private get start(): string {
    return `${this.options.prefix}-${layout}-`;
  }

  private async info({ name }: Collection): Promise<Schemas['CollectionInfo'] | null> {
    try {
      return await this.connection.request((client) => client.getCollection(name));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  private async create(collection: Collection): Promise<Schemas['CollectionInfo']> {
    const { shards, replicas, quantization } = this.options;
    const { name, dimension } = collection;
    const quantization_config = quantizations[quantization];
    try {
      await this.connection.request((client) =>
        client.createCollection(name, {
          vectors:
            dimension === null
              ? {}
              : {
                  [meaningVector]: {
                    size: dimension,
                    distance: 'Cosine',
                    ...(quantization_config ? { memory: 'cold' } : {}),
                  },
                },
          sparse_vectors: { [wordsVector]: { modifier: 'idf' } },
          // Every search is of one datasource: a graph for each of them, and none over all.
          ...(dimension === null ? {} : { hnsw_config: { m: 0, payload_m: 16 } }),
          ...(dimension === null || !quantization_config ? {} : { quantization_config }),
          ...(shards === undefined ? {} : { shard_number: shards }),
          ...(replicas === undefined ? {} : { replication_factor: replicas }),
        }),
      );
    } catch (error) {
      const made = await this.info(collection);
      if (made) return made;
      throw error;
    }
    return this.connection.request((client) => client.getCollection(name));
  }

  private check({ name, dimension }: Collection, { config }: Schemas['CollectionInfo']): void {
    const { vectors, sparse_vectors: sparse } = config.params;
    const meaning = (vectors as Record<string, Schemas['VectorParams']> | undefined)?.[meaningVector];
    if (dimension !== null && meaning?.size !== dimension)
      throw wrongDimension({ name, dimension: meaning?.size ?? null }, dimension);
    if (sparse?.[wordsVector]?.modifier !== 'idf')
      throw permanent(
        'index_invalid',
        `The collection ${name} is not one of this service: it lacks the sparse vector ${wordsVector} with the modifier idf. Set QDRANT_COLLECTION to another name, or delete the collection.`,
        { stage: 'retrieve' },
      );
  }
}

/** A request named a collection that does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && statusOf(error.cause) === 404;
}

export function missing({ name }: Collection): Error {
  return permanent(
    'index_invalid',
    `The collection ${name} is missing in Qdrant. Refresh the datasource: \`./nano datasource refresh\` builds it again.`,
    { stage: 'retrieve' },
  );
}

export function wrongDimension({ name, dimension }: Collection, given: number): Error {
  return permanent(
    'index_invalid',
    `The collection ${name} has vectors of ${dimension ?? 'no'} dimensions, the embedding model gives ${given}. If the model became another one under its name, set QDRANT_COLLECTION to another name or delete the collection, and refresh the datasource.`,
    { stage: 'retrieve' },
  );
}
