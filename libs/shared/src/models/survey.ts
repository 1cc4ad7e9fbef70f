import type { ModelServer } from '../contracts/diagnostics.js';
import { describeError } from '../errors/app-error.js';
import { type CatalogueEndpoint, endpointsOf, type ModelCatalogue } from './catalogue.js';
import { ServerClient, ServerRefusal } from './server-client.js';

const answerWithinMs = 5_000;

/** What one endpoint says of itself, beside what the catalogue wants of it. Never throws. */
export async function surveyEndpoint(
  catalogue: ModelCatalogue,
  endpoint: CatalogueEndpoint,
): Promise<ModelServer> {
  const { name } = endpoint;
  const url = shownUrl(endpoint.url);
  try {
    const { kind, models } = await clientOf(endpoint).list();
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
    return { endpoint: name, url, kind, models: [...served, ...absent] };
  } catch (error) {
    return { endpoint: name, url, error: reasonOf(error), models: [] };
  }
}

export function clientOf({ url, apiKey }: CatalogueEndpoint): ServerClient {
  return new ServerClient(url, apiKey, answerWithinMs);
}

/** What a server says may repeat the key that it was sent. */
function reasonOf(error: unknown): string {
  return error instanceof ServerRefusal ? `answers ${error.status}` : describeError(error);
}

/** Credentials and query may be secrets. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function wantedOf(catalogue: ModelCatalogue, endpoint: CatalogueEndpoint) {
  return catalogue.models
    .filter((model) => endpointsOf(catalogue, model).includes(endpoint))
    .flatMap((model) => [
      { name: model.name, base: null, path: undefined },
      ...model.adapters.map(({ name, path }) => ({ name, base: model.name, path })),
    ]);
}
