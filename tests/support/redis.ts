import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

export interface TestRedis {
  url: string;
  port: number;
  flush(): Promise<void>;
  /** For faults: SIGSTOP freezes it, SIGCONT lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  stop(): Promise<void>;
}

/** A real Redis of the test's own on a free port of loopback; extra arguments as `redis-server` takes them. */
export async function startRedis(...extra: string[]): Promise<TestRedis> {
  return startRedisAt(await freePort(), ...extra);
}

export function startRedisAt(port: number, ...extra: string[]): Promise<TestRedis> {
  return start(port, (folder) => [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    ...['--maxmemory-policy', 'noeviction', ...extra],
  ]);
}

/** A cluster of one node that holds all slots. */
export async function startRedisCluster(): Promise<TestRedis> {
  const busPort = await freePort();
  const node = await startRedis(
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
    ...['--cluster-announce-ip', '127.0.0.1'],
  );
  await withClient(node.port, async (client) => {
    await client.cluster('ADDSLOTSRANGE', 0, 16_383);
    while (!(await client.cluster('INFO')).includes('cluster_state:ok')) await sleep(50);
  });
  return { ...node, url: `redis+cluster://127.0.0.1:${node.port}` };
}

/** A sentinel that watches the master under the name `main`. */
export async function startSentinel(master: TestRedis): Promise<TestRedis> {
  const port = await freePort();
  const sentinel = await start(port, (folder) => {
    const file = join(folder, 'sentinel.conf');
    writeFileSync(
      file,
      `port ${port}\nbind 127.0.0.1\ndir ${folder}\nsentinel monitor main 127.0.0.1 ${master.port} 1\n`,
    );
    return [file, '--sentinel'];
  });
  return { ...sentinel, url: `redis+sentinel://127.0.0.1:${sentinel.port}/main` };
}

async function start(port: number, argsOf: (folder: string) => string[]): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'nano-test-redis-'));
  const server = spawn('redis-server', argsOf(folder), { stdio: 'ignore' });
  await answers(port, server);
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    flush: () => withClient(port, async (client) => void (await client.flushall())),
    signal: (signal) => void server.kill(signal),
    stop: async () => {
      server.kill('SIGCONT');
      await ended(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Not one of those that connections get by themselves: a server may go and come back to it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

async function answers(port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
    if (await replies(port)) return;
    await sleep(50);
  }
  throw new Error('redis-server does not answer');
}

/** Whether anything comes back: a server that asks for a password first is up, too. */
function replies(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (replied: boolean) => {
      socket.destroy();
      resolve(replied);
    };
    socket
      .setTimeout(1_000, () => end(false))
      .once('data', () => end(true))
      .once('error', () => end(false));
  });
}

async function withClient<T>(port: number, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({
    host: '127.0.0.1',
    port,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    lazyConnect: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await use(client);
  } finally {
    client.disconnect();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exit;
}
