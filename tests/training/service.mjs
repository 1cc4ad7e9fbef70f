// The service as `./nano up` starts it, and the questions asked of it over HTTP.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { database } from './questions.mjs';
import { readRun } from '../../dist/apps/cli/src/embedded/run-file.js';
import { ApiClient, until } from '../../dist/tests/support/client.js';
import { root } from '../vllm/environment.mjs';

const startsWithinMs = 120_000;
/** The generator takes a changed catalogue up within seconds. */
const takenUpWithinMs = 30_000;

export async function withService(environment, data, work) {
  const child = spawn(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), 'up', '--port', '0'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    const url = await until(startsWithinMs, 'the service', async () => {
      if (child.exitCode !== null) throw new Error(`./nano up ended with ${child.exitCode}`);
      return readRun(join(environment.NANO_HOME, 'run.json'))?.url ?? undefined;
    });
    const api = new ApiClient(url);
    await api.addSqlite(database, join(data, 'database', database, `${database}.sqlite`));
    await work(api);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/**
 * Asks each question once; the first one again until `wanted` answers it.
 * @returns the statement of each, beside the one that was learned, and the model that wrote it
 */
export async function askAll(api, questions, wanted) {
  for (const end = Date.now() + takenUpWithinMs; wanted !== undefined && Date.now() < end;) {
    if ((await ask(api, questions[0])).model === wanted) break;
  }
  const answers = [];
  for (let at = 0; at < questions.length; at += 4)
    answers.push(...(await Promise.all(questions.slice(at, at + 4).map((each) => ask(api, each)))));
  return answers;
}

async function ask(api, { question, query }) {
  const request = { question, datasource: database, maxCorrections: 0 };
  const { body } = await api.ask(request, { Prefer: 'wait=150' });
  return { query, sql: body.sql, model: body.attempts?.[0]?.model };
}
