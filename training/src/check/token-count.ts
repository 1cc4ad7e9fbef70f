import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tokenizers from '@huggingface/tokenizers';
import { z } from 'zod';
import { describeError, permanent } from '#shared/errors/app-error';
import { type ChatTemplate, chatTemplateOf } from './chat-template.js';

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

/** What is known of the model that is trained. */
export interface ModelTokens {
  /** Tokens of a text. */
  count: (text: string) => number;
  /** Texts that the tokenizer takes for control tokens wherever they stand. */
  controls: readonly string[];
  /** Null where it is not known. */
  template: ChatTemplate | null;
}

/**
 * By the tokenizer and the chat template of a model: a folder with tokenizer.json and tokenizer_config.json.
 * @throws AppError `invalid_request`
 */
export function tokensOf(folder: string): ModelTokens {
  try {
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
    const vocabulary = read('tokenizer.json');
    const configuration = read('tokenizer_config.json');
    const tokenizer = new Tokenizer(vocabulary, configuration);
    const added = addedSchema.parse(vocabulary).added_tokens;
    return {
      count: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length,
      controls: added.filter(({ special }) => special).map(({ content }) => content),
      template: chatTemplateOf(folder, configuration),
    };
  } catch (cause) {
    throw permanent(
      'invalid_request',
      `${folder} holds no tokenizer that can be read: ${describeError(cause)}`,
      { cause },
    );
  }
}
