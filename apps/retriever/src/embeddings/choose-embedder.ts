import { encoderFolder } from '#shared/config/environment';
import { permanent } from '#shared/errors/app-error';
import type { RetrieverConfig } from '../config.js';
import type { Embedder } from './embedder.js';
import { OnnxEmbedder } from './onnx.embedder.js';
import { OpenAiEmbedder } from './openai.embedder.js';

/**
 * The embedder that the configuration names; null where there is none and words alone must do.
 * @throws AppError `embeddings_invalid`
 */
export async function chooseEmbedder(config: RetrieverConfig): Promise<Embedder | null> {
  const { EMBEDDINGS_BASE_URL, EMBEDDINGS_MODEL, EMBEDDINGS_API_KEY, EMBEDDINGS_MODEL_DIR } = config;
  if (EMBEDDINGS_BASE_URL !== undefined && EMBEDDINGS_MODEL !== undefined)
    return new OpenAiEmbedder(EMBEDDINGS_BASE_URL, EMBEDDINGS_MODEL, EMBEDDINGS_API_KEY);
  const folder = EMBEDDINGS_MODEL_DIR ?? encoderFolder(config.NANO_HOME);
  if (OnnxEmbedder.present(folder)) return OnnxEmbedder.load(folder);
  if (EMBEDDINGS_MODEL_DIR !== undefined)
    throw permanent(
      'embeddings_invalid',
      `EMBEDDINGS_MODEL_DIR: ${folder} lacks onnx/model.onnx or tokenizer.json.`,
    );
  return null;
}
