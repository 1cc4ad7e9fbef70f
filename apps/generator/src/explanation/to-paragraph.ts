const reasoning = /<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi;
const longest = 2_000;

/** A reply as one paragraph: without reasoning, headings and fences. */
export function toParagraph(reply: string): string {
  const text = reply
    .replaceAll(reasoning, '')
    .replaceAll(/```[\s\S]*?(?:```|$)/g, ' ')
    .replaceAll(/^\s*#+\s*/gmu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
