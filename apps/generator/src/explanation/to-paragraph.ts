import { withoutReasoning } from '../extraction/reasoning.js';

const longest = 2_000;

/** A reply as one paragraph: without reasoning, headings and fences. */
export function toParagraph(reply: string): string {
  const text = withoutReasoning(reply)
    .slice(0, 10 * longest)
    .replaceAll(/```[\s\S]*?(?:```|$)/g, ' ')
    .replaceAll(/^\s*#+\s*/gmu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
