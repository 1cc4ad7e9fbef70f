import { describeError, permanent } from '#shared/errors/app-error';
import { type CatalogueModel, endpointsOf, type ModelCatalogue } from '#shared/models/catalogue';
import { ServerClient } from '#shared/models/server-client';

const answerWithinMs = 10_000;

interface Server {
  name: string;
  client: ServerClient;
}

/** The model servers that serve one model: an adapter is in use only where all of them have it. */
export class Servers {
  private readonly all: readonly Server[];

  constructor(
    catalogue: ModelCatalogue,
    private readonly model: CatalogueModel,
  ) {
    this.all = endpointsOf(catalogue, model).map(({ name, url, apiKey }) => ({
      name,
      client: new ServerClient(url, apiKey, answerWithinMs),
    }));
  }

  /** @throws AppError where the model of a server is not the one that the adapter was made for */
  async refuseOtherBase(base: string): Promise<void> {
    for (const server of this.all) {
      const { models } = await asked(server, (client) => client.list());
      const served = models.find(({ name }) => name === this.model.name);
      if (!served) throw permanent('model_refused', `${server.name} does not serve ${this.model.name}`);
      const known = this.model.base ?? served.root ?? served.name;
      if (lastPart(base) !== lastPart(known) && lastPart(base) !== lastPart(served.name))
        throw permanent(
          'invalid_request',
          `the adapter was made for ${base}, and ${server.name} serves ${known} as ${served.name}: ` +
            'where these are the same weights, say so with `base` of the model in the catalogue',
        );
    }
  }

  /** @throws AppError `model_refused` naming the server; the others may have loaded it */
  async load(name: string, path: string): Promise<void> {
    for (const server of this.all) {
      await asked(server, (client) => client.loadAdapter(name, path));
      const { models } = await asked(server, (client) => client.list());
      if (!models.some((model) => model.name === name))
        throw permanent('model_refused', `${server.name} has taken ${name} and does not list it`);
    }
  }

  /** From those that have it. What fails leaves an adapter that nobody asks for. */
  async unload(name: string): Promise<void> {
    await Promise.allSettled(this.all.map(({ client }) => client.unloadAdapter(name)));
  }
}

async function asked<T>(server: Server, work: (client: ServerClient) => Promise<T>): Promise<T> {
  try {
    return await work(server.client);
  } catch (error) {
    throw permanent('model_refused', `${server.name}: ${describeError(error)}`, { cause: error });
  }
}

/** A hub's `owner/name` and a folder on some disk that ends with the same name are taken for the same weights. */
function lastPart(name: string): string {
  return name.replace(/\/+$/u, '').split('/').at(-1)?.toLowerCase() ?? '';
}
