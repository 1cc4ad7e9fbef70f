import { type PromptInput, materialOf } from './material.js';
import { partsOf } from './parts.js';
import { fill, type PromptMessage, type TemplateName, templateOf } from './template.js';

export interface BuiltPrompt {
  messages: PromptMessage[];
  template: TemplateName;
  version: number;
}

/**
 * The messages for one attempt: what the service sends, what the evaluation measures and what adapters are trained on.
 * Stable parts first, so that the model server can reuse its prefix; the question last.
 */
export function buildPrompt(input: PromptInput, template: TemplateName): BuiltPrompt {
  const layout = templateOf(template);
  const messages = fill(layout, partsOf(materialOf(input)));
  return { messages, template: layout.name, version: layout.version };
}
