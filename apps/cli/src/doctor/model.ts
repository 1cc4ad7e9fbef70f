import { ModelClient } from '../client/model-client.js';
import type { CliConfig } from '../config.js';
import { attempt, fail, ok, warn, type Check } from './check.js';

export function checkModel({ llm }: CliConfig): Promise<Check> {
  return attempt('model', 'Check that the model server runs, LLM_BASE_URL and LLM_API_KEY.', async () => {
    if (!llm) {
      return warn(
        'model',
        'no language model is configured: the baseline, a rule-based stand-in, answers',
        'Set LLM_BASE_URL and LLM_MODEL to an OpenAI-compatible server.',
      );
    }
    const names = await new ModelClient(llm.baseUrl, llm.apiKey).models();
    if (llm.model !== undefined && !names.includes(llm.model)) {
      return fail(
        'model',
        `${llm.baseUrl} does not serve ${llm.model}`,
        `Set LLM_MODEL to one of: ${names.join(', ')}.`,
      );
    }
    return ok('model', `${llm.model ?? names[0] ?? 'none'} at ${llm.baseUrl}`);
  });
}
