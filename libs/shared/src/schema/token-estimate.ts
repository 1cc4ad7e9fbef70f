/** Characters of schema text a token, low so that the estimate is rather too high: Llama 3's tokenizer gives 3.2 to 4. */
const charactersPerToken = 3.2;

/** What a text takes of a prompt, without asking the model's tokenizer. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}
