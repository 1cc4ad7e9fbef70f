import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tokenizers from '@huggingface/tokenizers';
import { z } from 'zod';
import { describeError, permanent } from '#shared/errors/app-error';
import { type ChatTemplate, readChatTemplate } from './chat-template/chat-template.js';

/** What is used of the package, whose types lack it. */
const { Tokenizer } = tokenizers as unknown as {
  Tokenizer: new (
    tokenizer: object,
    configuration: object,
  ) => { encode(text: string, options: { add_special_tokens: boolean }): { ids: ArrayLike<number> } };
};

const addedSchema = z.object({
  added_tokens: z.array(z.object({ content: z.string().min(1), special: z.boolean() })).default([]),
});

/** What of a model decides how it reads a conversation. */
export interface ChatModel {
  /** Tokens of a text, without any that a model begins with. */
  encode: (text: string) => ArrayLike<number>;
  /** Texts that the tokenizer takes for control tokens wherever they stand. */
  controls: string[];
  template: ChatTemplate | null;
}

/**
 * Of a model's folder, with tokenizer.json, tokenizer_config.json and where it has one chat_template.jinja.
 * @throws AppError `invalid_request`
 */
export function readChatModel(folder: string): ChatModel {
  try {
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
    const vocabulary = read('tokenizer.json');
    const tokenizer = new Tokenizer(vocabulary, read('tokenizer_config.json'));
    const added = addedSchema.parse(vocabulary).added_tokens;
    return {
      encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
      controls: added.filter(({ special }) => special).map(({ content }) => content),
      template: readChatTemplate(folder),
    };
  } catch (cause) {
    throw permanent(
      'invalid_request',
      `${folder} holds no tokenizer that can be read: ${describeError(cause)}`,
      { cause },
    );
  }
}
