import type { Grammar, Node } from './gbnf.js';

/** Signs after which a sample takes the shortest way to its end. */
const wanderLength = 400;

/** Texts of the grammar drawn at random; the same seed draws the same ones. */
export class Sampler {
  private readonly shortest: Map<string, number>;

  constructor(
    private readonly grammar: Grammar,
    private state: number,
  ) {
    this.shortest = shortestTexts(grammar);
  }

  draw(): string {
    let text = '';
    const write = (node: Node): void => {
      const home = text.length > wanderLength;
      switch (node.kind) {
        case 'text':
          text += node.text;
          return;
        case 'sign': {
          const [low, high] = this.pick(node.ranges);
          text += String.fromCodePoint(low + this.below(high - low + 1));
          return;
        }
        case 'rule':
          return write(this.grammar.get(node.name)!);
        case 'all':
          return node.parts.forEach(write);
        case 'one':
          return write(home ? this.shortestOf(node.parts) : this.pick(node.parts));
        case 'repeat': {
          let count = node.least;
          while (!home && count < node.most && this.below(2) === 0) count += 1;
          for (let index = 0; index < count; index += 1) write(node.part);
        }
      }
    };
    write({ kind: 'rule', name: 'root' });
    return text;
  }

  private shortestOf(parts: Node[]): Node {
    return parts.reduce((best, part) =>
      lengthOf(part, this.shortest) < lengthOf(best, this.shortest) ? part : best,
    );
  }

  private pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Numerical Recipes' linear congruential generator: enough to wander with. */
  private below(count: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * count);
  }
}

function shortestTexts(grammar: Grammar): Map<string, number> {
  const lengths = new Map<string, number>();
  for (let changed = true; changed;) {
    changed = false;
    for (const [name, node] of grammar) {
      const length = lengthOf(node, lengths);
      if (length >= (lengths.get(name) ?? Infinity)) continue;
      lengths.set(name, length);
      changed = true;
    }
  }
  return lengths;
}

function lengthOf(node: Node, rules: ReadonlyMap<string, number>): number {
  switch (node.kind) {
    case 'text':
      return node.text.length;
    case 'sign':
      return 1;
    case 'rule':
      return rules.get(node.name) ?? Infinity;
    case 'all':
      return node.parts.reduce((sum, part) => sum + lengthOf(part, rules), 0);
    case 'one':
      return Math.min(...node.parts.map((part) => lengthOf(part, rules)));
    case 'repeat':
      return node.least === 0 ? 0 : node.least * lengthOf(node.part, rules);
  }
}
