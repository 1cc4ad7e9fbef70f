/** An assumption, on the low side of what is usual for names and types, so that the estimate is rather too high. */
const charactersPerToken = 3.2;

/** What a text takes of a prompt, without asking the model's tokenizer. Outside of ASCII a character counts as a token. */
export function estimateTokens(text: string): number {
  const foreign = text.match(/\P{ASCII}/gu)?.length ?? 0;
  return Math.ceil((text.length - foreign) / charactersPerToken) + foreign;
}
