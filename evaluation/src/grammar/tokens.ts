/**
 * Tokens of a statement as the official evaluator cuts them, in lower case but for quoted text. Its tokenizer is
 * one for English, and what it leaves together stays so: `=` stands alone only between spaces, so `a=1` is one
 * token, names no column and makes the statement unreadable. Single quotes become double ones.
 */
export function spiderTokens(statement: string): string[] {
  const texts: string[] = [];
  const unquoted = statement.replaceAll("'", '"').replaceAll(/"[^"]*"/g, (text) => {
    texts.push(text);
    return `\u{e000}${texts.length - 1}\u{e000}`;
  });
  if (unquoted.includes('"')) throw new SyntaxError('a quote is not closed');

  const words = unquoted
    .replaceAll(/([:,])(\D|$)/g, ' $1 $2')
    .replaceAll(/--|\.{2,}|`+|[;@#$%&?!*()[\]{}<>]/g, ' $& ')
    .replace(/([^.])\.\s*$/, '$1 .')
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => texts[Number(/^\u{e000}(\d+)\u{e000}$/u.exec(word)?.[1])] ?? word.toLowerCase());
  return joinComparisons(words);
}

/** `> =` is `>=`, however it was written. */
function joinComparisons(words: string[]): string[] {
  const tokens: string[] = [];
  for (const word of words) {
    const before = tokens.at(-1);
    if (word === '=' && (before === '!' || before === '>' || before === '<'))
      tokens.splice(-1, 1, `${before}=`);
    else tokens.push(word);
  }
  return tokens;
}
