import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.js';

export interface BenchRedis {
  url: string;
  pid: number;
  close(): Promise<void>;
}

/** Redis as the service needs it: in memory only, since PostgreSQL is the truth and lost jobs are made again. */
export async function startRedis(): Promise<BenchRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'nano-bench-redis-'));
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const redis = await startChild('redis-server', args, /Ready to accept connections/u);
  return {
    url: `redis://127.0.0.1:${port}`,
    pid: redis.pid,
    close: async () => {
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Installs Debian's redis-server where it is missing and this account may. Returns its version. */
export function provideRedis(): string {
  const present = redisVersion();
  if (present !== null) return present;
  if (process.getuid?.() !== 0)
    throw new Error('redis-server is not installed: apt-get install redis-server');
  process.stderr.write('Installing redis-server …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-q'], { stdio: ['ignore', 2, 2], env });
  execFileSync('apt-get', ['install', '-qy', 'redis-server'], { stdio: ['ignore', 2, 2], env });
  return redisVersion() ?? 'unknown';
}

function redisVersion(): string | null {
  try {
    return /v=(\S+)/u.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? null;
  } catch {
    return null;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
