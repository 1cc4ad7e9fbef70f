import type { Token } from '../language/tokenise.js';
import type { Mention } from '../linking/mention.js';

const dropped = /^(?:a|an|the|please|also|all|its|their|his|her|any|our|there)$/;

/**
 * The question with each mention as a marker, so that rules are patterns over text:
 *
 *     how many <T0> have <C1> over <N2> ?
 *
 * A rule takes what it has understood out of the text.
 */
export class Sketch {
  text: string;

  constructor(tokens: Token[], mentions: Mention[]) {
    const words: string[] = [];
    for (let at = 0; at < tokens.length; at++) {
      const index = mentions.findIndex(({ start }) => start === at);
      const mention = mentions[index];
      const lower = tokens[at]?.lower ?? '';
      if (mention) {
        words.push(`<${mention.kind}${index}>`);
        at = mention.end - 1;
      } else if (!dropped.test(lower)) words.push(lower.replaceAll(/[<>]/g, ' '));
    }
    this.text = ` ${words.join(' ')} `;
  }

  /** Gives each match, and the text before it, to the rule; what it returns takes the match's place, null leaves it. */
  take(pattern: RegExp, understand: (match: RegExpExecArray, before: string) => string | null): void {
    const global = new RegExp(pattern.source, 'g');
    for (let match = global.exec(this.text); match; match = global.exec(this.text)) {
      const instead = understand(match, this.text.slice(0, match.index));
      if (instead === null) {
        global.lastIndex = match.index + 1;
        continue;
      }
      this.text = `${this.text.slice(0, match.index)} ${instead} ${this.text.slice(match.index + match[0].length)}`;
      this.text = this.text.replaceAll(/ +/g, ' ');
      global.lastIndex = match.index;
    }
  }
}

/**
 * A pattern over a sketch. `{T}`, `{C}`, `{VQ}` … stand for a marker of one of these kinds and capture its index;
 * a space stands for one or more; the pattern begins and ends between words.
 */
export function sketchPattern(text: string): RegExp {
  const source = text.replaceAll(/\{([TCVNQ]+)\}/g, '<[$1](\\d+)>').replaceAll(/ +/g, ' +');
  return new RegExp(`(?<=^| )(?:${source})(?= |$)`);
}
