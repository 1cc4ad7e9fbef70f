import type { Command } from 'commander';
import type { DatasourceView, GatewayClient } from '../client/gateway-client.js';
import { httpAddress, urlOption } from './options.js';

export interface CommonOptions {
  url?: string;
  json?: true;
}

export function addSubcommand(group: Command, name: string, description: string): Command {
  return group
    .command(name)
    .description(description)
    .option('--json', 'print JSON')
    .option(...urlOption, httpAddress);
}

/** `ends`: the gateway was started for this call, so what it is still doing would be cut off. */
export async function withClient(
  { url }: CommonOptions,
  work: (client: GatewayClient, ends: boolean) => Promise<void>,
): Promise<void> {
  const { readConfig } = await import('../config.js');
  const { withSession } = await import('./with-session.js');
  await withSession(readConfig(), url, ({ client, host }) => work(client, host !== null));
}

export async function waitFor(client: GatewayClient, name: string): Promise<DatasourceView> {
  const { untilReady } = await import('../embedded/samples.js');
  return untilReady(client, name);
}
