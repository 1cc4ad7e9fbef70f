import { isMisspelt, nearestNames } from '#shared/schema/nearest-names';

/** Names that differ in case, underscores and other signs alone. */
export function sameSpelling(name: string, candidates: Iterable<string>): string[] {
  const wanted = bare(name);
  return wanted === '' ? [] : [...candidates].filter((candidate) => bare(candidate) === wanted);
}

/** Names that are a plural or singular of it, or a few typing errors away; those that are nearest alone. */
export function nearSpelling(name: string, candidates: readonly string[]): string[] {
  const plural = candidates.filter((candidate) => singular(bare(candidate)) === singular(bare(name)));
  if (plural.length > 0) return plural;
  return nearestNames(name, candidates, 2).filter((candidate) => isNear(wordsOf(name), wordsOf(candidate)));
}

/** The one's words are among the other's, or each is a misspelt one: `customer_name` is no misspelt `customer_id`. */
function isNear(one: readonly string[], other: readonly string[]): boolean {
  const isWithin = (some: readonly string[], all: readonly string[]) =>
    some.every((word) => all.includes(word));
  if (isWithin(one, other) || isWithin(other, one)) return true;
  const isAlike = (word: string, at: number) => isMisspelt(word, other[at] ?? '');
  if (one.length === other.length) return one.every(isAlike);
  return (
    isMisspelt(one.join(''), other.join('')) && Math.abs(one.join('').length - other.join('').length) <= 1
  );
}

/** Of `PetType` and `pet_type`; a name without capitals and signs is one word. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, ' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

function bare(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function singular(word: string): string {
  return word
    .replace(/ies$/, 'y')
    .replace(/(?<=s|x|z|ch|sh)es$/, '')
    .replace(/(?<!s)s$/, '');
}
