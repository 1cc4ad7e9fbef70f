import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const specialSchema = z.union([
  z.string(),
  z.object({ content: z.string() }).transform(({ content }) => content),
]);

const configurationSchema = z.object({
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish(),
  bos_token: specialSchema.nullish(),
  eos_token: specialSchema.nullish(),
  pad_token: specialSchema.nullish(),
  unk_token: specialSchema.nullish(),
});

/** A model's own, as transformers and vLLM apply it. */
export interface ChatTemplate {
  /** Jinja. */
  source: string;
  /** What the template is told beside the messages, `bos_token` for one. */
  tokens: Record<string, string>;
}

/**
 * Of a model's folder: chat_template.jinja goes before tokenizer_config.json, and of several templates that named `default` is used.
 * Null for a model without one, which was not trained to chat.
 */
export function readChatTemplate(folder: string): ChatTemplate | null {
  const { chat_template: written, ...named } = configurationSchema.parse(
    JSON.parse(readFileSync(join(folder, 'tokenizer_config.json'), 'utf8')),
  );
  const file = join(folder, 'chat_template.jinja');
  const inside = Array.isArray(written) ? written.find(({ name }) => name === 'default')?.template : written;
  const source = existsSync(file) ? readFileSync(file, 'utf8') : inside;
  if (source === undefined || source === null) return null;
  const tokens = Object.entries(named).flatMap(([name, token]) => (token ? [[name, token] as const] : []));
  return { source, tokens: Object.fromEntries(tokens) };
}
