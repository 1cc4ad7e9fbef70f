import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { encoderFolder } from '#shared/config/environment';
import { shownUrl } from '#shared/models/survey';
import type { CliConfig } from '../config.js';
import { ok, warn, type Check } from './check.js';

/** What the retriever finds tables with besides words, told from the configuration alone. */
export function checkEmbeddings({ environment, home }: CliConfig): Check {
  const url = environment['EMBEDDINGS_BASE_URL'];
  if (url !== undefined && !URL.canParse(url))
    return warn('embeddings', 'EMBEDDINGS_BASE_URL is no URL', 'Set it as docs/configuration.md says.');
  if (url !== undefined)
    return ok('embeddings', `${environment['EMBEDDINGS_MODEL'] ?? 'no model'} at ${shownUrl(url)}`);
  const folder = environment['EMBEDDINGS_MODEL_DIR'] ?? encoderFolder(home);
  if (existsSync(join(folder, 'onnx', 'model.onnx'))) return ok('embeddings', `in process, from ${folder}`);
  return warn(
    'embeddings',
    'none: words alone find tables',
    'Run apps/retriever/minilm/install.sh, or set EMBEDDINGS_BASE_URL.',
  );
}
