/** What an adjective measures: the stem of a column's word, and whether its superlative is the greatest. */
export interface Measure {
  name: string;
  greatest: boolean;
}

const table: [string, string, string][] = [
  // adjectives of the greatest | of the least | measures; a measure after ! counts the other way round
  [
    'oldest|older|elder',
    'youngest|younger',
    'age !birth !birthday !found !open !establish !year !built !dat',
  ],
  [
    'newest|latest|most recent|most recently|last|newer|later|recent',
    'earliest|first|earlier',
    'dat time year birth found open built',
  ],
  ['longest|longer', 'shortest|shorter', 'length duration long distanc runtim height time'],
  ['tallest|taller', 'smallest|shorter', 'height tall'],
  ['heaviest|heavier', 'lightest|lighter', 'weight'],
  [
    'largest|biggest|larger|bigger|greatest|big',
    'smallest|smaller',
    'area siz population capacity amount employe number total sal',
  ],
  [
    'most expensive|priciest|costliest|more expensive',
    'cheapest|least expensive|cheaper',
    'pric cost fee rat amount rent',
  ],
  ['fastest|faster', 'slowest|slower', 'speed hors power !tim'],
  ['richest|wealthiest|best paid|highest paid', 'poorest', 'salary money wealth incom earn worth'],
  ['best|top|better', 'worst|worse', 'scor rat point !rank grad gpa'],
  ['highest|higher|high', 'lowest|lower', 'height elevation altitud rat scor pric salary grad amount'],
  ['most populous|most populated', 'least populous|least populated', 'population'],
  ['most crowded|busiest', 'least crowded', 'attendanc passenger population'],
  ['most senior', 'most junior', 'hir start !age'],
];

const measures = new Map<string, { names: string; greatest: boolean }>();
for (const [most, least, names] of table) {
  for (const word of most.split('|')) if (!measures.has(word)) measures.set(word, { names, greatest: true });
  for (const word of least.split('|'))
    if (!measures.has(word)) measures.set(word, { names, greatest: false });
}

const longestFirst = [...measures.keys()].sort((a, b) => b.length - a.length);
export const measuringAdjective = `(${longestFirst.join('|')})`;

/** The measures of an adjective, each with its own direction. */
export function measuresOf(adjective: string): Measure[] {
  const found = measures.get(adjective);
  if (!found) return [];
  return found.names.split(' ').map((name) => ({
    name: name.replace('!', ''),
    greatest: name.startsWith('!') ? !found.greatest : found.greatest,
  }));
}
