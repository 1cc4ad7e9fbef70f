import type { Grammar, Node } from './gbnf.js';

/** How far into the text the grammar goes along; the text's length and `whole` when it takes all of it. */
export interface Acceptance {
  whole: boolean;
  furthest: number;
}

/** Follows every way through the grammar at once: for each rule and place the places where it can end. */
export function accepts(grammar: Grammar, text: string): Acceptance {
  const known = new Map<string, Set<number>>();
  let furthest = 0;

  const endsOfRule = (name: string, from: number): Set<number> => {
    const key = `${name} ${from}`;
    const before = known.get(key);
    if (before) return before;
    const ends = endsOf(grammar.get(name)!, from);
    known.set(key, ends);
    return ends;
  };

  const endsOf = (node: Node, from: number): Set<number> => {
    furthest = Math.max(furthest, from);
    switch (node.kind) {
      case 'text':
        return text.startsWith(node.text, from) ? new Set([from + node.text.length]) : new Set();
      case 'sign': {
        const code = text.codePointAt(from);
        const taken = code !== undefined && node.ranges.some(([low, high]) => low <= code && code <= high);
        return taken ? new Set([from + (code > 0xffff ? 2 : 1)]) : new Set();
      }
      case 'rule':
        return endsOfRule(node.name, from);
      case 'one':
        return new Set(node.parts.flatMap((part) => [...endsOf(part, from)]));
      case 'all':
        return node.parts.reduce((places, part) => step(places, part), new Set([from]));
      case 'repeat': {
        let places = new Set([from]);
        const ends = new Set(node.least === 0 ? places : []);
        for (let count = 1; count <= node.most && places.size > 0; count += 1) {
          places = step(places, node.part);
          if (count >= node.least) for (const place of places) ends.add(place);
        }
        return ends;
      }
    }
  };

  const step = (places: Set<number>, part: Node): Set<number> =>
    new Set([...places].flatMap((place) => [...endsOf(part, place)]));

  const whole = endsOfRule('root', 0).has(text.length);
  return { whole, furthest };
}
