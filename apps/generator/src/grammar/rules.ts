/** A grammar under construction: named rules, each made once, in the notation that xgrammar, llguidance and llama.cpp read (GBNF). */
export class Rules {
  private readonly bodies = new Map<string, string>();

  /** The rule's name, to stand in other rules. Its body is made at its first use. */
  rule(name: string, body: () => string): string {
    if (!this.bodies.has(name)) {
      this.bodies.set(name, '');
      this.bodies.set(name, body());
    }
    return name;
  }

  /** A keyword or several, in capitals or in small letters; models write no others. */
  word(text: string): string {
    return text
      .split(' ')
      .map((part) => this.letterCases(part))
      .join(` ${this.space()} `);
  }

  /** One blank or line break between words: without end, a model could write nothing else. */
  space(): string {
    return this.rule('s', () => '[ \\n]');
  }

  /** Behind a comma. */
  gap(): string {
    return this.rule('g', () => '[ \\n]?');
  }

  toString(): string {
    return [...this.bodies].map(([name, body]) => `${name} ::= ${body}`).join('\n');
  }

  private letterCases(word: string): string {
    const name = `k${word.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`;
    return this.rule(name, () => oneOf([...new Set([word.toUpperCase(), word.toLowerCase()].map(literal))]));
  }
}

export function literal(text: string): string {
  if (/^[\w .]*$/.test(text)) return `"${text}"`;
  const escaped = [...text].map((char) => {
    if (char === '"' || char === '\\') return `\\${char}`;
    const code = char.codePointAt(0) ?? 0;
    return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : char;
  });
  return `"${escaped.join('')}"`;
}

export function oneOf(alternatives: readonly string[]): string {
  return alternatives.join(' | ');
}

/** `item` once, or up to `most` times with commas between. */
export function listOf(rules: Rules, item: string, most: number): string {
  return `${item} ("," ${rules.gap()} ${item}){0,${most - 1}}`;
}
