import { describeError } from '#shared/errors/app-error';
import type { CatalogueEndpoint, ModelCatalogue } from '#shared/models/catalogue';
import { endpointsOf } from '#shared/models/catalogue';
import { ServerClient } from '#shared/models/server-client';

const answerWithinMs = 5_000;

/** What one endpoint says of itself, beside what the catalogue wants of it. */
export interface EndpointSurvey {
  endpoint: string;
  url: string;
  /** Why it does not answer. */
  error?: string;
  kind?: string;
  grammar?: boolean;
  models: {
    name: string;
    base: string | null;
    state: 'served' | 'loadable' | 'missing';
    inCatalogue: boolean;
  }[];
}

export function surveyEndpoints(catalogue: ModelCatalogue): Promise<EndpointSurvey[]> {
  return Promise.all(catalogue.endpoints.map((endpoint) => survey(catalogue, endpoint)));
}

async function survey(catalogue: ModelCatalogue, endpoint: CatalogueEndpoint): Promise<EndpointSurvey> {
  const { name, url } = endpoint;
  const client = clientOf(endpoint);
  try {
    const { kind, models } = await client.list();
    const [probed] = models;
    const grammar =
      endpoint.grammar ??
      (kind === 'vllm' &&
        probed !== undefined &&
        (await client.holdsToGrammar(probed.name).catch(() => false)));
    const wanted = wantedOf(catalogue, endpoint);
    const served = models.map((model) => ({
      name: model.name,
      base: model.base,
      state: 'served' as const,
      inCatalogue: wanted.some((each) => each.name === model.name),
    }));
    const absent = wanted
      .filter((each) => !models.some((model) => model.name === each.name))
      .map(({ path, ...each }) => ({
        ...each,
        state: path === undefined ? ('missing' as const) : ('loadable' as const),
        inCatalogue: true,
      }));
    return { endpoint: name, url, kind, grammar, models: [...served, ...absent] };
  } catch (error) {
    return { endpoint: name, url, error: describeError(error), models: [] };
  }
}

export function clientOf({ url, apiKey }: CatalogueEndpoint): ServerClient {
  return new ServerClient(url, apiKey, answerWithinMs);
}

function wantedOf(catalogue: ModelCatalogue, endpoint: CatalogueEndpoint) {
  return catalogue.models
    .filter((model) => endpointsOf(catalogue, model).includes(endpoint))
    .flatMap((model) => [
      { name: model.name, base: null, path: undefined },
      ...model.adapters.map(({ name, path }) => ({ name, base: model.name, path })),
    ]);
}
