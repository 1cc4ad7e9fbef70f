import { stem } from '../language/stem.js';
import type { Token } from '../language/tokenise.js';
import type { CellValue } from '../prompt/parse-prompt.js';

/** A quoted text that is no cell, but whose words are, is a name in parts: `"Ada Lovelace"`. */
export function splitQuotedNames(tokens: Token[], cells: CellValue[]): Token[] {
  const known = new Set(cells.map(({ value }) => value.toLowerCase().trim()));
  return tokens.flatMap((token) => {
    const parts = token.kind === 'quoted' && !known.has(token.lower) ? token.text.split(/\s+/) : [];
    if (parts.length < 2 || !parts.every((part) => known.has(part.toLowerCase()))) return [token];
    return parts.map((text) => ({
      ...token,
      kind: 'word' as const,
      text,
      lower: text.toLowerCase(),
      stem: stem(text),
    }));
  });
}
