import type { Mention } from './mention.js';

export interface Variant {
  mentions: Mention[];
  /** How much less likely than the best linking: the gap between the scores. */
  cost: number;
}

const droppingCost = 0.8;
const flippingCost = 0.5;

/** Other ways to link the question, each with one mention taken differently, likeliest first. */
export function variantsOf(mentions: Mention[]): Variant[] {
  return mentions
    .flatMap((mention, index) =>
      otherMeanings(mention).map(({ meaning, cost }) => ({ mentions: mentions.with(index, meaning), cost })),
    )
    .sort((a, b) => a.cost - b.cost);
}

function otherMeanings(mention: Mention): { meaning: Mention; cost: number }[] {
  const { kind, tables, columns, values } = mention;
  switch (kind) {
    case 'T':
      return [
        ...others(tables, (tables) => ({ ...mention, tables })),
        ...(columns.length > 0 ? [{ meaning: { ...mention, kind: 'C' as const }, cost: flippingCost }] : []),
      ];
    case 'C':
      return [
        ...others(columns, (columns) => ({ ...mention, columns })),
        ...(tables.length > 0 ? [{ meaning: { ...mention, kind: 'T' as const }, cost: flippingCost }] : []),
      ];
    case 'V':
      return [
        ...others(values, (values) => ({ ...mention, values })),
        ...(columns.length > 0 ? [{ meaning: { ...mention, kind: 'C' as const }, cost: droppingCost }] : []),
        ...(tables.length > 0 ? [{ meaning: { ...mention, kind: 'T' as const }, cost: droppingCost }] : []),
      ];
    case 'Q':
    case 'N':
      return others(values, (values) => ({ ...mention, values }));
  }
}

function others<Hit extends { score: number }>(
  hits: Hit[],
  take: (hits: Hit[]) => Mention,
): { meaning: Mention; cost: number }[] {
  const [best] = hits;
  return hits.slice(1, 4).map((hit) => ({ meaning: take([hit]), cost: (best?.score ?? 0) - hit.score }));
}
