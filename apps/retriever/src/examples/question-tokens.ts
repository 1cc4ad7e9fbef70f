/** `form`: digits with something between them, as dates and times have. `sign`: `%`, `€`, `<` and other characters that mean something. */
type TokenKind = 'word' | 'number' | 'form' | 'quoted' | 'sign';

export interface Token {
  kind: TokenKind;
  /** Equal for tokens that ask the same: words without case, quoted texts as they are. */
  text: string;
  /** As it was written, without its quotes. */
  raw: string;
}

const parts = [
  String.raw`"(?<double>[^"]+)"`,
  String.raw`(?<![\p{L}\p{N}])'(?<single>[^']+)'(?![\p{L}\p{N}])`,
  String.raw`(?<number>(?<![\p{L}\p{N}_])[+-]?\d+(?:[.,:\/\-]\d+)*(?![\p{L}\p{N}_]))`,
  String.raw`(?<word>[\p{L}\p{M}\p{N}_]+(?:'[\p{L}\p{M}]+)*)`,
  String.raw`(?<sign>[\p{S}%&#@*\/\\]|(?<=\d)-|-(?=\d))`,
];
const token = new RegExp(parts.join('|'), 'gu');
const plainNumber = /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?$/;

/** What a question consists of, in NFKC and with one kind of quotes; the punctuation of sentences is left out. */
export function tokensOf(question: string): Token[] {
  const text = question
    .normalize('NFKC')
    .replaceAll(/[“”„«»]/gu, '"')
    .replaceAll(/[‘’‚`]/gu, "'");
  return [...text.matchAll(token)].map(({ groups = {} }): Token => {
    const { double, single, number, word, sign } = groups;
    const quoted = (double ?? single)?.trim();
    if (quoted !== undefined) return { kind: 'quoted', text: `"${quoted}"`, raw: quoted };
    if (number !== undefined)
      return { kind: plainNumber.test(number) ? 'number' : 'form', text: number, raw: number };
    if (word !== undefined) return { kind: 'word', text: word.toLowerCase(), raw: word };
    return { kind: 'sign', text: sign ?? '', raw: sign ?? '' };
  });
}

/** Equal for questions that differ in case, white space, punctuation and Unicode forms only. */
export function normalForm(question: string): string {
  return tokensOf(question)
    .map(({ text }) => text)
    .join(' ');
}
