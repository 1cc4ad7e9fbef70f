import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliConfig } from '../config.js';

/** The same configuration on a new home, that is removed afterwards: neither the user's datasources nor a service of theirs take part. */
export async function inOwnHome<T>(config: CliConfig, work: (own: CliConfig) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'nano-own-'));
  // Root's PostgreSQL runs as another account, which must be able to pass through.
  if (process.getuid?.() === 0) chmodSync(home, 0o711);
  try {
    return await work({ ...config, home, gatewayUrl: undefined });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
