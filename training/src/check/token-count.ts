import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tokenizers from '@huggingface/tokenizers';
import { describeError, permanent } from '#shared/errors/app-error';
import type { TokenCount } from './prompts.js';

/** What is used of the package, whose types lack it. */
const { Tokenizer } = tokenizers as unknown as {
  Tokenizer: new (
    tokenizer: object,
    configuration: object,
  ) => { encode(text: string, options: { add_special_tokens: boolean }): { ids: ArrayLike<number> } };
};

/**
 * By the tokenizer of a model: a folder with tokenizer.json and tokenizer_config.json.
 * @throws AppError `invalid_request`
 */
export function tokenCountOf(folder: string): TokenCount {
  try {
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object;
    const tokenizer = new Tokenizer(read('tokenizer.json'), read('tokenizer_config.json'));
    return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids.length;
  } catch (cause) {
    throw permanent(
      'invalid_request',
      `${folder} holds no tokenizer that can be read: ${describeError(cause)}`,
      { cause },
    );
  }
}
