import type { Schemas } from '@qdrant/js-client-rest';
import { fusionK, type IndexKey, kindsOf, searchLists, type UnitSearch } from '../schema-index.js';
import { match, meaningVector, ofVersion, wordsVector } from './point.js';
import { questionVector } from './word-vector.js';

/** Vectors that are compared exactly, for each hit that is wanted, where they are quantised. */
const oversampling = 2;

/**
 * All lists of a search and their fusion in one request; null where there is no list.
 * @param base of the version that is searched
 * @param search its vector is null where the collection has none
 */
export function listQuery(
  key: IndexKey,
  base: string | null,
  { stems, vector }: UnitSearch,
  isQuantized: boolean,
): Schemas['QueryRequest'] | null {
  const meaning = vector && [...vector];
  const words = stems.length > 0 ? questionVector(stems) : null;
  const lists = searchLists.filter(
    ({ kind, by }) => kindsOf[key.part].includes(kind) && (by === 'words' ? words : meaning),
  );
  const { must, must_not } = ofVersion(key, base);
  const prefetch = lists.map(({ kind, by, limit }): Schemas['Prefetch'] => {
    const filter = { must: [...must, match('kind', kind)], must_not };
    if (by === 'vector')
      return {
        query: { nearest: meaning ?? [] },
        using: meaningVector,
        filter,
        limit,
        ...(isQuantized ? { params: { quantization: { rescore: true, oversampling } } } : {}),
      };
    // Rare among the units that compete, not among those of everybody in the collection.
    return {
      query: { nearest: words ?? { indices: [], values: [] } },
      using: wordsVector,
      filter,
      limit,
      params: { idf: { corpus: filter } },
    };
  });
  if (prefetch.length === 0) return null;
  return {
    prefetch,
    query: { rrf: { k: fusionK } },
    limit: lists.reduce((sum, { limit }) => sum + limit, 0),
    with_payload: ['kind', 'table', 'column', 'reference'],
  };
}
