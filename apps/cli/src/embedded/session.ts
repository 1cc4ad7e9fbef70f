import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../cli-error.js';
import { GatewayClient } from '../client/gateway-client.js';
import type { CliConfig } from '../config.js';
import { homeOf } from './home.js';
import type { Host } from './host.js';
import { readRun } from './run-file.js';

const pollMs = 250;
const patienceMs = 60_000;

/** A gateway for the length of one command. */
export interface Session {
  client: GatewayClient;
  /** The embedded service, when it was started for this command. */
  host: Host | null;
  close(): Promise<void>;
}

/** The gateway of --url or NANO_URL, else the embedded one that runs, else one started for the call. */
export async function openSession(
  config: CliConfig,
  url: string | undefined,
  say: (line: string) => void,
): Promise<Session> {
  const named = url ?? config.gatewayUrl;
  if (named !== undefined) return sessionAt(new GatewayClient(named, config.apiKey));
  const deadline = Date.now() + patienceMs;
  for (let told = false; ; told = true) {
    const running = await findRunning(config);
    if (running) return sessionAt(running);
    try {
      const { startHost } = await import('./host.js');
      const host = await startHost(config, { host: '127.0.0.1', port: 0, stays: false });
      return { client: host.client, host, close: () => host.close() };
    } catch (error) {
      if (!(error instanceof CliError && error.code === 'already_running') || Date.now() > deadline)
        throw error;
      if (!told) say(`Waiting: ${error.message} …`);
      await sleep(pollMs);
    }
  }
}

/** The embedded gateway that another process keeps running on this NANO_HOME. */
export async function findRunning(config: CliConfig): Promise<GatewayClient | null> {
  const run = readRun(homeOf(config.home).runFile);
  if (!run?.stays || run.url === null) return null;
  const client = new GatewayClient(run.url, config.apiKey);
  return (await client.answers()) ? client : null;
}

function sessionAt(client: GatewayClient): Session {
  return { client, host: null, close: () => Promise.resolve() };
}
