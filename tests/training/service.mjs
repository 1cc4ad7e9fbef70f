// The four applications as processes of their own, and the questions asked of them over HTTP.
import { join } from 'node:path';
import { database } from './questions.mjs';
import { ApiClient } from '../../dist/tests/support/client.js';
import { startPostgres } from '../../dist/tests/support/postgres.js';
import { Stack } from '../../dist/tests/support/stack.js';

/** The generator takes a changed catalogue up within seconds. */
const takenUpWithinMs = 30_000;

export async function withService(environment, data, work) {
  const postgres = await startPostgres();
  try {
    const stack = await Stack.start({
      databaseUrl: postgres.url,
      queueUrl: postgres.url,
      modelUrl: 'http://127.0.0.1:1/v1',
      environment: { ...environment, NANO_DEFAULT_DATASOURCE: database },
    });
    try {
      const api = new ApiClient(stack.url);
      await api.addSqlite(database, join(data, 'database', database, `${database}.sqlite`));
      await work(api);
    } finally {
      await stack.stop();
    }
  } finally {
    await postgres.stop();
  }
}

/**
 * Asks each question once; the first one again until `wanted` answers it.
 * @returns the statement of each, beside the one that was learned, and the model that wrote it
 */
export async function askAll(api, questions, wanted) {
  for (const until = Date.now() + takenUpWithinMs; wanted !== undefined && Date.now() < until;) {
    if ((await ask(api, questions[0])).model === wanted) break;
  }
  const answers = [];
  for (let at = 0; at < questions.length; at += 4)
    answers.push(...(await Promise.all(questions.slice(at, at + 4).map((each) => ask(api, each)))));
  return answers;
}

async function ask(api, { question, query }) {
  const request = { question, maxCorrections: 0 };
  const { body } = await api.ask(request, { Prefer: 'wait=150' });
  return { query, sql: body.sql, model: body.attempts?.[0]?.model };
}
