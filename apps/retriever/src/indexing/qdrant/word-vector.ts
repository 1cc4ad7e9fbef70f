import type { Schemas } from '@qdrant/js-client-rest';
import { type IndexUnit, type UnitKind, type UnitWords, wordWeights } from '../unit.js';

type SparseVector = Schemas['SparseVector'];

/** Of BM25, as SQLite's FTS5 has them. */
const k1 = 1.2;
const b = 0.75;

const parts = ['name', 'body', 'around'] as const;

/**
 * The part of BM25 that a unit's words alone decide; Qdrant's IDF modifier multiplies it by the rarity of each word. As FTS5
 * counts: occurrences by their weight, length without.
 * @param averageLength of the units of its kind, in words
 */
export function unitVector(words: UnitWords, averageLength: number): SparseVector {
  const occurrences = new Map<number, number>();
  for (const part of parts)
    for (const stem of words[part]) {
      const index = wordIndex(stem);
      occurrences.set(index, (occurrences.get(index) ?? 0) + wordWeights[part]);
    }
  const length = lengthOf(words);
  const damping = k1 * (1 - b + (b * length) / Math.max(averageLength, 1));
  return {
    indices: [...occurrences.keys()],
    values: [...occurrences.values()].map((count) => (count * (k1 + 1)) / (count + damping)),
  };
}

export function questionVector(stems: readonly string[]): SparseVector {
  const indices = [...new Set(stems.map(wordIndex))];
  return { indices, values: indices.map(() => 1) };
}

/** In words, of the units of each kind. */
export function averageLengths(units: readonly IndexUnit[]): ReadonlyMap<UnitKind, number> {
  const sums = new Map<UnitKind, { words: number; units: number }>();
  for (const { kind, words } of units) {
    const sum = sums.get(kind) ?? { words: 0, units: 0 };
    sums.set(kind, { words: sum.words + lengthOf(words), units: sum.units + 1 });
  }
  return new Map([...sums].map(([kind, sum]) => [kind, sum.words / sum.units]));
}

function lengthOf(words: UnitWords): number {
  return parts.reduce((sum, part) => sum + words[part].length, 0);
}

/** FNV-1a in 32 bits, of the UTF-8 bytes: the dimension of a sparse vector that stands for a stem. */
export function wordIndex(stem: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(stem, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
