import type { CliConfig } from '../config.js';
import { openCatalogue } from '../model/open-catalogue.js';
import type { ModelServer } from '#shared/contracts/diagnostics';
import { surveyEndpoints } from '../model/survey.js';
import { attempt, type Check, fail, ok, warn } from './check.js';

const mend = 'Check that the model server runs, MODELS_FILE or LLM_BASE_URL, and the key.';

/** One line for each endpoint of the catalogue, or for what a search of this machine has found. */
export async function checkModel(config: CliConfig): Promise<Check[]> {
  const checks: Check[] = [];
  const failed = await attempt('model', mend, async () => {
    const catalogue = await openCatalogue(config);
    if (!catalogue)
      return warn(
        'model',
        'no language model is configured or found on this machine: the baseline, a rule-based stand-in, answers',
        'Set LLM_BASE_URL and LLM_MODEL to an OpenAI-compatible server, or start one.',
      );
    checks.push(...(await surveyEndpoints(catalogue)).map(judge));
    return ok('model', catalogue.models.map(({ name }) => name).join(', '));
  });
  return [failed, ...checks];
}

export function judge({ endpoint, url, error, kind, grammar, models }: ModelServer): Check {
  const name = `model: ${endpoint}`;
  if (error !== undefined) return fail(name, `${url}: ${error}`, mend);
  const missing = models.filter(({ state }) => state === 'missing');
  const bases = missing.filter(({ base }) => base === null).map((model) => model.name);
  const served = models.filter(({ state }) => state === 'served').map((model) => model.name);
  if (bases.length > 0)
    return fail(name, `${url} does not serve ${bases.join(', ')}`, `Name one of: ${served.join(', ')}.`);
  if (missing.length > 0)
    return warn(
      name,
      `${url} does not serve ${missing.map((model) => model.name).join(', ')}: the base answers`,
      'Start it with the adapter, or give the adapter a path in MODELS_FILE.',
    );
  const loadable = models.filter(({ state }) => state === 'loadable').map((model) => model.name);
  const details = [
    `${url}, ${kind}`,
    ...(grammar ? ['takes grammars'] : []),
    ...(loadable.length > 0 ? [`loads when wanted: ${loadable.join(', ')}`] : []),
  ];
  return ok(name, details.join(', '));
}
