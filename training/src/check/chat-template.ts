import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { z } from 'zod';
import { describeError } from '#shared/errors/app-error';
import type { TrainingExample } from '../prepare/example.js';
import type { CheckResult } from './finding.js';

type Messages = TrainingExample['messages'];

/** What a model's chat template makes of messages: the text that the model reads, in training and in service. */
export interface ChatTemplate {
  /**
   * @param opened whether the reply follows, as the service asks for one
   * @throws where the template refuses the messages
   */
  render(messages: Messages, opened: boolean): string;
}

const tokenSchema = z
  .union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)])
  .nullish();
const namedSchema = z.array(z.object({ name: z.string(), template: z.string() }));
const configurationSchema = z.looseObject({
  chat_template: z.union([z.string(), namedSchema]).nullish(),
  bos_token: tokenSchema,
  eos_token: tokenSchema,
});

/** Of a model's folder: `chat_template.jinja`, or what tokenizer_config.json has. Null where there is none. @throws where it cannot be read */
export function chatTemplateOf(folder: string, configuration: object): ChatTemplate | null {
  const { chat_template: inline, bos_token, eos_token } = configurationSchema.parse(configuration);
  const file = join(folder, 'chat_template.jinja');
  const source = existsSync(file)
    ? readFileSync(file, 'utf8')
    : typeof inline === 'string'
      ? inline
      : inline?.find(({ name }) => name === 'default')?.template;
  if (source === undefined) return null;
  const template = new Template(source);
  return {
    render: (messages, opened) =>
      template.render({ messages, add_generation_prompt: opened, bos_token, eos_token }),
  };
}

/**
 * The template takes the roles, shows every message whole, and ends the reply: else the model would learn from another text than
 * the service sends it, or never to stop.
 */
export function fitsChatTemplate(
  examples: readonly TrainingExample[],
  template: ChatTemplate | null,
): CheckResult {
  const findings = examples.flatMap(({ messages, meta: { id } }) => {
    const problem = template && problemOf(messages, template);
    return problem ? [{ id, message: problem }] : [];
  });
  const checked = template ? examples.length : 0;
  return { name: "fits the model's chat template", severity: 'error', checked, findings };
}

function problemOf(messages: Messages, template: ChatTemplate): string | null {
  let prompt: string;
  let whole: string;
  try {
    prompt = template.render(messages.slice(0, -1), true);
    whole = template.render(messages, false);
  } catch (error) {
    return `is refused: ${describeError(error)}`;
  }
  const missing = messages.slice(0, -1).find(({ content }) => !prompt.includes(content.trim()));
  if (missing) return `loses a part of its ${missing.role} message`;
  if (!whole.startsWith(prompt)) return 'begins otherwise with its reply than without it';
  const reply = messages.at(-1)?.content.trim() ?? '';
  const [before, ...after] = whole.slice(prompt.length).split(reply);
  if (after.length === 0) return 'loses a part of its reply';
  if (before?.trim()) return `has something before its reply: ${before.trim().slice(0, 40)}`;
  return after.join(reply).trim() === '' ? 'has nothing that ends its reply' : null;
}
