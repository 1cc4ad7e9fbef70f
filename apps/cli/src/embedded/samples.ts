import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '#shared/errors/app-error';
import { CliError } from '../cli-error.js';
import type { DatasourceView, GatewayClient } from '../client/gateway-client.js';
import type { BuiltSample } from '../../../../samples/src/build.js';
import { samples } from '../../../../samples/src/catalogue.js';

const pollMs = 25;
const indexingMs = 60_000;

export interface PreparedSample extends BuiltSample {
  /** Whether its file was written just now, over an older one or anew. */
  rebuilt: boolean;
}

export async function prepareSamples(folder: string): Promise<PreparedSample[]> {
  const { buildSamples } = await import('../../../../samples/src/build.js');
  const before = new Map(samples.map(({ name, file }) => [name, writtenAt(join(folder, file))]));
  try {
    return buildSamples(folder).map((sample) => ({
      ...sample,
      rebuilt: writtenAt(sample.path) !== before.get(sample.name),
    }));
  } catch (error) {
    throw new CliError(
      'samples_failed',
      `the samples cannot be written to ${folder}: ${describeError(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Registers the samples that no datasource bears the name of, and waits until all of them are ready. */
export async function registerSamples(client: GatewayClient, samples: PreparedSample[]): Promise<void> {
  const present = new Map((await client.datasources()).map((datasource) => [datasource.name, datasource]));
  await Promise.all(
    samples.map(async ({ name, path, rebuilt }) => {
      const datasource = present.get(name);
      if (!datasource)
        await client.registerDatasource({ name, connection: { dialect: 'sqlite', file: path } });
      else if (datasource.location !== path) return;
      else if (rebuilt || datasource.status === 'failed') await client.refreshDatasource(name);
      else if (datasource.status === 'ready') return;
      await untilReady(client, name);
    }),
  );
}

/** @throws CliError when the snapshot fails or takes too long */
export async function untilReady(client: GatewayClient, name: string): Promise<DatasourceView> {
  const deadline = Date.now() + indexingMs;
  for (;;) {
    const datasource = await client.datasource(name);
    if (datasource.status === 'ready') return datasource;
    if (datasource.status === 'failed') {
      throw new CliError(
        'indexing_failed',
        `${name}: ${datasource.error?.message ?? 'its schema could not be read'}`,
      );
    }
    if (Date.now() > deadline) throw new CliError('indexing_failed', `${name} is still being indexed`);
    await sleep(pollMs);
  }
}

function writtenAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
