/** A grammar in the notation of llama.cpp, read for tests: whatever writes it is checked by what it says, not by how it was made. */
export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'sign'; ranges: [number, number][] }
  | { kind: 'rule'; name: string }
  | { kind: 'all'; parts: Node[] }
  | { kind: 'one'; parts: Node[] }
  | { kind: 'repeat'; part: Node; least: number; most: number };

export type Grammar = ReadonlyMap<string, Node>;

const tokens =
  /\s+|(?<text>"(?:\\.|[^"\\])*")|(?<sign>\[(?:\\.|[^\]\\])*\])|(?<name>[a-z][a-z0-9]*)|(?<repeat>\?|\*|\+|\{\d+,\d+\})|(?<other>[()|])/gy;

export function readGrammar(text: string): Grammar {
  const rules = text.split('\n').map((line) => {
    const [, name, body] = /^([a-z][a-z0-9]*) ::= (.*)$/.exec(line) ?? [];
    if (name === undefined || body === undefined) throw new Error(`No rule: ${line.slice(0, 80)}`);
    return [name, new Body(body).read()] as const;
  });
  const grammar = new Map(rules);
  if (grammar.size < rules.length) throw new Error('A rule stands twice.');
  return grammar;
}

class Body {
  private readonly tokens: RegExpExecArray[];
  private place = 0;

  constructor(text: string) {
    const found = [...text.matchAll(tokens)];
    if (found.reduce((sum, match) => sum + match[0].length, 0) < text.length)
      throw new Error(`Unreadable: ${text}`);
    this.tokens = found.filter((match) => match[0].trim() !== '');
  }

  read(): Node {
    const node = this.alternatives();
    if (this.place < this.tokens.length) throw new Error(`Left over: ${this.tokens[this.place]?.[0] ?? ''}`);
    return node;
  }

  private alternatives(): Node {
    const parts = [this.sequence()];
    while (this.peek() === '|') {
      this.place += 1;
      parts.push(this.sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'one', parts };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    while (this.place < this.tokens.length && this.peek() !== '|' && this.peek() !== ')')
      parts.push(this.repeated());
    return parts.length === 1 ? parts[0]! : { kind: 'all', parts };
  }

  private repeated(): Node {
    const part = this.single();
    const repeat = this.tokens[this.place]?.groups?.['repeat'];
    if (repeat === undefined) return part;
    this.place += 1;
    const [least, most] =
      { '?': [0, 1], '*': [0, Infinity], '+': [1, Infinity] }[repeat] ??
      repeat.slice(1, -1).split(',').map(Number);
    return { kind: 'repeat', part, least: least!, most: most! };
  }

  private single(): Node {
    const { 0: token, groups } = this.tokens[this.place++] ?? { 0: 'the end' };
    if (groups?.['text'] !== undefined) return { kind: 'text', text: unescape(token.slice(1, -1)).join('') };
    if (groups?.['sign'] !== undefined) return { kind: 'sign', ranges: rangesOf(token.slice(1, -1)) };
    if (groups?.['name'] !== undefined) return { kind: 'rule', name: token };
    if (token !== '(') throw new Error(`Unexpected ${token}`);
    const inner = this.alternatives();
    if (this.peek() !== ')') throw new Error('A parenthesis is open.');
    this.place += 1;
    return inner;
  }

  private peek(): string | undefined {
    return this.tokens[this.place]?.[0];
  }
}

function unescape(text: string): string[] {
  return [...text.matchAll(/\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\(.)|(.)/gsu)].map(
    ([, byte, unit, escaped, plain]) => {
      if (byte ?? unit) return String.fromCodePoint(Number.parseInt((byte ?? unit)!, 16));
      return plain ?? { n: '\n', t: '\t', r: '\r' }[escaped!] ?? escaped!;
    },
  );
}

function rangesOf(text: string): [number, number][] {
  // An escaped hyphen is a sign, another one parts the ends of a range.
  const signs = [...text.matchAll(/\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\.|./gsu)].map(([sign]) => sign);
  const ranges: [number, number][] = [];
  for (let index = 0; index < signs.length; index += 1) {
    const from = unescape(signs[index]!)[0]!.codePointAt(0)!;
    const ranged = signs[index + 1] === '-' && index + 2 < signs.length;
    ranges.push([from, ranged ? unescape(signs[index + 2]!)[0]!.codePointAt(0)! : from]);
    if (ranged) index += 2;
  }
  return ranges;
}
