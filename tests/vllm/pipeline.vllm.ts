import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanups } from '../support/cleanups.js';
import { ApiClient } from '../support/client.js';
import { testServers } from '../support/servers.js';
import { makeSmallDatabase } from '../support/small-database.js';
import { Stack } from '../support/stack.js';
import { vllmServer } from './vllm-server.js';

describe('the pipeline on vLLM', () => {
  const cleanup = cleanups();
  const database = makeSmallDatabase();
  let api: ApiClient;

  beforeAll(async () => {
    cleanup(() => database.remove());
    const { postgresUrl } = testServers();
    const stack = await Stack.start({
      databaseUrl: postgresUrl,
      queueUrl: postgresUrl,
      modelUrl: vllmServer().url,
      model: 'base',
      environment: { NANO_DEFAULT_DATASOURCE: 'small', LLM_MAX_TOKENS: '3000', LLM_TIMEOUT_MS: '150000' },
    });
    cleanup(() => stack.stop());
    api = new ApiClient(stack.url);
    await api.addSqlite('small', database.file);
  });

  it('runs statements of the context that parse, whatever the model', async () => {
    const { body } = await api.ask(
      { question: 'How many people live in Wien?', candidates: 4, maxCorrections: 1 },
      { Prefer: 'wait=150' },
    );
    expect(['succeeded', 'failed']).toContain(body.status);
    expect(body.attempts[0]).toMatchObject({ model: 'base', constrained: true });
    const classes = body.attempts.flatMap(({ candidates }) => candidates.map(({ error }) => error?.class));
    expect(classes.length).toBeGreaterThan(0);
    // Names may still be wrong: no grammar knows which alias a statement has given.
    expect(classes).not.toContain('syntax');
  });
});
