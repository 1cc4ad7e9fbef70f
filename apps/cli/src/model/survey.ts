import type { ModelServer } from '#shared/contracts/diagnostics';
import type { CatalogueEndpoint, ModelCatalogue } from '#shared/models/catalogue';
import { clientOf, surveyEndpoint } from '#shared/models/survey';

export function surveyEndpoints(catalogue: ModelCatalogue): Promise<ModelServer[]> {
  return Promise.all(catalogue.endpoints.map((endpoint) => survey(catalogue, endpoint)));
}

/** With whether it holds to a grammar, which a small request finds out. */
async function survey(catalogue: ModelCatalogue, endpoint: CatalogueEndpoint): Promise<ModelServer> {
  const told = await surveyEndpoint(catalogue, endpoint);
  if (told.error !== undefined) return told;
  const [probed] = told.models.filter(({ state }) => state === 'served');
  const grammar =
    endpoint.grammar ??
    (told.kind === 'vllm' &&
      probed !== undefined &&
      (await clientOf(endpoint)
        .holdsToGrammar(probed.name)
        .catch(() => false)));
  return { ...told, grammar };
}
