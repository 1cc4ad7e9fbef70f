const irregular = new Map(
  Object.entries({
    people: 'person',
    children: 'child',
    men: 'man',
    women: 'woman',
    wives: 'wife',
    lives: 'life',
    feet: 'foot',
    indices: 'index',
    statuses: 'status',
    buses: 'bus',
    series: 'series',
    news: 'news',
    ids: 'id',
    bought: 'buy',
    sold: 'sell',
    made: 'make',
    paid: 'pay',
    taught: 'teach',
    written: 'write',
    wrote: 'write',
    held: 'hold',
    won: 'win',
    spent: 'spend',
    flew: 'fly',
    flown: 'fly',
    born: 'birth',
    aged: 'age',
    took: 'take',
    taken: 'take',
    gave: 'give',
    lost: 'lose',
    built: 'build',
    ran: 'run',
    led: 'lead',
    movies: 'movie',
    cookies: 'cookie',
    during: 'during',
  }),
);

/**
 * A crude stem: equal for a word's plural, -ing and -ed forms, and good for nothing but comparing.
 * The final e goes too, so that `rate`, `rates`, `rated` and `rating` meet.
 */
export function stem(word: string): string {
  const lower = word.toLowerCase();
  return dropFinalE(irregular.get(lower) ?? dropEnding(lower));
}

function dropEnding(word: string): string {
  if (word.length < 4) return word;
  if (/[^aeiou]ie[sd]$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz)es$/.test(word)) return word.slice(0, -2);
  if (/[^sui]s$/.test(word)) return dropEnding(word.slice(0, -1));
  if (word.length > 5 && /[aeiouy].*ing$/.test(word)) return undouble(word.slice(0, -3));
  if (word.length > 4 && /[aeiouy].*[^e]ed$/.test(word)) return undouble(word.slice(0, -2));
  return word;
}

function undouble(word: string): string {
  return /([bdgmnprt])\1$/.test(word) ? word.slice(0, -1) : word;
}

function dropFinalE(word: string): string {
  return word.length > 3 && word.endsWith('e') ? word.slice(0, -1) : word;
}
