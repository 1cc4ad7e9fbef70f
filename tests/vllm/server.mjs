import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment, folder } from './environment.mjs';

/** Slow machines import for minutes. */
const startTimeoutMs = 10 * 60_000;

/**
 * A vLLM on a free port of loopback, as `name`, with adapters allowed.
 * @param more further arguments, such as `--lora-modules sql=FOLDER`
 */
export async function startVllm({ python, model, name, more = [] }) {
  const port = await freePort();
  const log = join(folder, 'server.log');
  const args = [
    ...['-m', 'vllm.entrypoints.openai.api_server', '--model', model, '--served-model-name', name],
    ...['--host', '127.0.0.1', '--port', String(port), '--dtype', 'float32', '--enforce-eager'],
    ...['--enable-lora', '--max-lora-rank', '32', '--max-loras', '2', '--max-num-seqs', '16', ...more],
  ];
  // A group of its own: the engine is a child of the server.
  const child = spawn(python, args, { env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const file = createWriteStream(log);
  child.stdout.pipe(file);
  child.stderr.pipe(file);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    signal(child, 'SIGTERM');
    if ((await Promise.race([ended, sleep(20_000, 'late')])) === 'late') signal(child, 'SIGKILL');
    await ended;
  };
  try {
    await answers(`http://127.0.0.1:${port}/health`, ended);
  } catch (error) {
    await stop();
    throw new Error(`vLLM did not start; the end of ${log}:\n${readFileSync(log, 'utf8').slice(-3_000)}`, {
      cause: error,
    });
  }
  return { url: `http://127.0.0.1:${port}/v1`, stop };
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // All of the group has ended.
  }
}

async function answers(url, ended) {
  const gone = ended.then(() => 'gone');
  for (const until = Date.now() + startTimeoutMs; Date.now() < until;) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    if ((await Promise.race([gone, sleep(500, 'waiting')])) === 'gone') throw new Error('The process ended.');
  }
  throw new Error(`No answer within ${startTimeoutMs / 60_000} minutes.`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
