import type { PromptFacts } from '../contracts/attempt.js';
import { permanent } from '../errors/app-error.js';
import { estimateTokens } from '../schema/token-estimate.js';
import { cutToFit } from './budget.js';
import { materialOf, type PromptInput } from './material.js';
import { partsOf } from './parts.js';
import { fill, type PromptMessage, type TemplateName, templateOf } from './template.js';

export interface BuiltPrompt {
  messages: PromptMessage[];
  facts: PromptFacts;
}

/** What a chat template writes around a message, with a margin. */
const tokensAroundMessage = 16;

/**
 * The messages for one attempt: what the service sends, what the evaluation measures and what adapters are trained on.
 * Stable parts first, so that the model server can reuse its prefix; the question last.
 * @param budget tokens that the prompt may have, as estimated; null where nobody tells
 * @throws AppError `context_too_long` where not even one table and the question fit
 */
export function buildPrompt(input: PromptInput, template: TemplateName, budget: number | null): BuiltPrompt {
  const layout = templateOf(template);
  const { name, version } = layout;
  const whole = materialOf(input);
  const write = (material: typeof whole) => fill(layout, partsOf(material));
  const fits = (material: typeof whole) => budget === null || promptTokens(write(material)) <= budget;
  const fitted = cutToFit(whole, fits);
  if (!fitted) {
    const message = `One table and the question alone take more than the ${budget} tokens that the model has for a prompt.`;
    throw permanent('context_too_long', message);
  }
  const { material, cut } = fitted;
  const wasCut = Object.keys(cut).length > 0;
  return { messages: write(material), facts: { template: name, version, ...(wasCut && { cut }) } };
}

/** Estimated. */
export function promptTokens(messages: readonly Pick<PromptMessage, 'content'>[]): number {
  return messages.reduce((sum, { content }) => sum + estimateTokens(content) + tokensAroundMessage, 0);
}
