import { matches, type Point } from './filter.js';
import type { Filter, Request, SparseVector } from './requests.js';

export interface Scored {
  point: Point;
  score: number;
}

/** The points of one collection, and Qdrant's way to search them. */
export class Points {
  readonly byId = new Map<string, Point>();

  matching(filter: Filter): Point[] {
    return [...this.byId.values()].filter((point) => matches(point, filter));
  }

  upsert({ points, update_mode }: Request<'upsert'>): void {
    for (const point of points)
      if (update_mode === 'upsert' || !this.byId.has(point.id)) this.byId.set(point.id, point);
  }

  delete(filter: Filter): void {
    for (const { id } of this.matching(filter)) this.byId.delete(id);
  }

  setPayload({ payload, filter }: Request<'setPayload'>): void {
    for (const point of this.matching(filter)) Object.assign(point.payload, payload);
  }

  /** Reciprocal rank fusion of the prefetches: 1 / (k + rank), ranks from 0. */
  query({ prefetch, query, limit }: Request<'query'>): Scored[] {
    const fused = new Map<Point, number>();
    for (const list of prefetch)
      for (const [rank, { point }] of this.nearest(list).entries())
        fused.set(point, (fused.get(point) ?? 0) + 1 / (query.rrf.k + rank));
    return best(
      [...fused].map(([point, score]) => ({ point, score })),
      limit,
    );
  }

  private nearest({ query, using, filter, limit, params }: Request<'query'>['prefetch'][number]): Scored[] {
    const { nearest } = query;
    const candidates = this.matching(filter).filter(({ vector }) => using in vector);
    if (Array.isArray(nearest))
      return best(
        candidates.map((point) => ({ point, score: cosine(nearest, point.vector[using] as number[]) })),
        limit,
      );
    const rarity = this.idf(using, params?.idf?.corpus ?? {}, nearest.indices);
    const scored = candidates.map((point) => ({
      point,
      score: dot(nearest, point.vector[using] as SparseVector, rarity),
    }));
    return best(
      scored.filter(({ score }) => score > 0),
      limit,
    );
  }

  /** ln((N - n + 0.5) / (n + 0.5) + 1) for each index, over the points that match. */
  private idf(using: string, corpus: Filter, indices: readonly number[]): Map<number, number> {
    const documents = this.matching(corpus).flatMap(({ vector }) =>
      using in vector ? [vector[using] as SparseVector] : [],
    );
    return new Map(
      indices.map((index) => {
        const having = documents.filter((document) => document.indices.includes(index)).length;
        return [index, Math.log((documents.length - having + 0.5) / (having + 0.5) + 1)];
      }),
    );
  }
}

function best(scored: Scored[], limit: number): Scored[] {
  return scored.sort((a, b) => b.score - a.score || (a.point.id < b.point.id ? -1 : 1)).slice(0, limit);
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const product = a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return product / (Math.hypot(...a) * Math.hypot(...b) || 1);
}

function dot(query: SparseVector, document: SparseVector, rarity: ReadonlyMap<number, number>): number {
  return query.indices.reduce((sum, index, at) => {
    const found = document.indices.indexOf(index);
    if (found < 0) return sum;
    return sum + (query.values[at] ?? 0) * (rarity.get(index) ?? 0) * (document.values[found] ?? 0);
  }, 0);
}
