import type { Embed } from './schema-index.js';

/** Vectors of the texts, each embedded once; an empty text has none. */
export async function embedTexts(
  texts: readonly string[],
  embed: Embed,
): Promise<ReadonlyMap<string, Float32Array>> {
  const distinct = [...new Set(texts)].filter((text) => text !== '');
  if (distinct.length === 0) return new Map();
  const vectors = await embed(distinct);
  return new Map(
    distinct.flatMap((text, at) => {
      const vector = vectors[at];
      return vector ? [[text, vector] as const] : [];
    }),
  );
}
