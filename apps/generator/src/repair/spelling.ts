import { nearestNames } from '#shared/schema/nearest-names';

/** Names that differ in case, underscores and other signs alone. */
export function sameSpelling(name: string, candidates: Iterable<string>): string[] {
  const wanted = bare(name);
  return wanted === '' ? [] : [...candidates].filter((candidate) => bare(candidate) === wanted);
}

/** Names that are a plural or singular of it, or a few typing errors away; those that are nearest alone. */
export function nearSpelling(name: string, candidates: readonly string[]): string[] {
  const plural = candidates.filter((candidate) => singular(bare(candidate)) === singular(bare(name)));
  return plural.length > 0 ? plural : nearestNames(name, candidates, 2);
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
