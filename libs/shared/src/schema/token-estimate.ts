/** An assumption, on the low side of what is usual for names and types, so that the estimate is rather too high. */
const charactersPerToken = 3.2;

/** What a text takes of a prompt, without asking the model's tokenizer. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
