import type { AddressInfo } from 'node:net';
import { readConfig } from './config.js';
import { createBaselineServer } from './server/http-server.js';

export interface RunningBaseline {
  /** Base of the server, without `/v1`: `http://127.0.0.1:8089`. */
  url: string;
  close(): Promise<void>;
}

/** Serves the baseline model until `close`; rejects when the configuration is wrong or the port is taken. */
export async function start(environment: Record<string, string | undefined>): Promise<RunningBaseline> {
  const { host, port } = readConfig(environment);
  const server = createBaselineServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${address.port}`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeIdleConnections();
      }),
  };
}
