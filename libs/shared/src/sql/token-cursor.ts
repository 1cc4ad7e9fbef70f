import { UnreadableStatement } from './query-block.js';
import type { SqlToken } from './sql-tokens.js';

/** Walks through tokens, one at a time. */
export class TokenCursor {
  private index = 0;

  constructor(readonly tokens: readonly SqlToken[]) {}

  peek(ahead = 0): SqlToken | undefined {
    return this.tokens[this.index + ahead];
  }

  before(back = 0): SqlToken | undefined {
    return this.tokens[this.index - 1 - back];
  }

  /** Whether the word was taken just now, or so many tokens back. */
  isJustBehind(value: string, back = 0): boolean {
    const token = this.before(back);
    return token?.kind === 'word' && token.value === value;
  }

  next(): SqlToken {
    const token = this.tokens[this.index];
    if (!token) throw this.unreadable();
    this.index += 1;
    return token;
  }

  isWord(value: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'word' && token.value === value;
  }

  isOneOf(words: ReadonlySet<string>, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'word' && words.has(token.value);
  }

  isSign(value: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.kind === 'sign' && token.value === value;
  }

  isName(ahead = 0): boolean {
    const kind = this.peek(ahead)?.kind;
    return kind === 'word' || kind === 'quoted';
  }

  takeWord(value: string): boolean {
    if (!this.isWord(value)) return false;
    this.index += 1;
    return true;
  }

  takeSign(value: string): boolean {
    if (!this.isSign(value)) return false;
    this.index += 1;
    return true;
  }

  expectSign(value: string): void {
    if (!this.takeSign(value)) throw this.unreadable();
  }

  /** Past the parenthesis that closes the one just taken. */
  skipParentheses(): void {
    for (let depth = 1; depth > 0;) {
      const { kind, value } = this.next();
      if (kind === 'sign' && value === '(') depth += 1;
      if (kind === 'sign' && value === ')') depth -= 1;
    }
  }

  /** Where the next token begins; the end of the last one at the end. */
  at(): number {
    return this.peek()?.start ?? this.end();
  }

  /** The end of the token before. */
  end(): number {
    return this.before()?.end ?? 0;
  }

  unreadable(): UnreadableStatement {
    return new UnreadableStatement(this.at());
  }
}
