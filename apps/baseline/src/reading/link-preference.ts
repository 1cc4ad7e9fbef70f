import type { Token } from '../language/tokenise.js';
import type { LinkPreference } from '../sql/render.js';

const perWord = 0.2;

/** Of several keys between two tables, the one whose name the question's words share: `source`, `winner`, `home`. */
export function preferSaidLinks(tokens: Token[]): LinkPreference {
  const said = new Set(tokens.map(({ stem }) => stem));
  return ({ from, to }) => {
    const own = from.words.filter((word) => word !== 'id' && !to.table.words.includes(word));
    return Math.min(0.6, perWord * own.filter((word) => saidLike(said, word)).length);
  };
}

function saidLike(said: Set<string>, word: string): boolean {
  return (
    said.has(word) || (word.length > 4 && [...said].some((other) => other.slice(0, 4) === word.slice(0, 4)))
  );
}
