import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { isFinal } from '#shared/contracts/query';
import { cleanups } from '../support/cleanups.js';
import { ApiClient, until } from '../support/client.js';
import { startScriptedModel } from '../support/scripted-model.js';
import { testServers } from '../support/servers.js';
import { countPeople, makeSmallDatabase } from '../support/small-database.js';
import { Stack } from '../support/stack.js';

const cleanup = cleanups();
const program = fileURLToPath(new URL('../../dist/apps/gateway/src/reseal.main.js', import.meta.url));
const newKey = () => randomBytes(32).toString('base64');

it('rotates the master key while questions are asked, and none fails', async () => {
  const database = makeSmallDatabase();
  cleanup(() => database.remove());
  const model = await startScriptedModel(() => ({ texts: [countPeople.sql] }));
  cleanup(() => model.stop());
  const [former, current] = [newKey(), newKey()];
  const { postgresUrl } = testServers();
  const stack = await Stack.start({
    databaseUrl: postgresUrl,
    queueUrl: postgresUrl,
    modelUrl: model.url,
    copies: { gateway: 2 },
    environment: { NANO_MASTER_KEY: former, NANO_DEFAULT_DATASOURCE: 'small' },
  });
  cleanup(() => stack.stop());
  await new ApiClient(stack.url).addSqlite('small', database.file);

  const gateways = stack.all('gateway');
  const workers = [...stack.all('retriever'), ...stack.all('executor')];
  let open = gateways[0]!;
  const stop = new AbortController();
  const answers: string[] = [];
  const askOne = async () => {
    const { body } = await new ApiClient(open.url).ask({ question: 'How many people?' });
    return until(60_000, `the end of ${body.id}`, async () => {
      const { status } = await new ApiClient(open.url).query(body.id);
      return isFinal(status) ? status : undefined;
    });
  };
  const asking = (async () => {
    while (!stop.signal.aborted) answers.push(await askOne());
  })();
  const restartAll = async (keys: Record<string, string>) => {
    for (const app of [...gateways, ...workers]) {
      // As a load balancer does: nobody is sent to one that ends. Who asked it before has the answer.
      const other = gateways.find((gateway) => gateway !== app);
      if (app === open && other) open = other;
      app.give(keys);
      await app.restart('SIGTERM');
    }
  };
  try {
    await restartAll({ NANO_MASTER_KEY_PREVIOUS: current });
    await restartAll({ NANO_MASTER_KEY: current, NANO_MASTER_KEY_PREVIOUS: former });
    const environment = { DATABASE_URL: stack.databaseUrl, NANO_MASTER_KEY: current };
    const run = (extra: Record<string, string>) =>
      spawnSync(process.execPath, [program], { env: { ...environment, ...extra }, encoding: 'utf8' });
    expect(run({})).toMatchObject({ status: 1, stderr: expect.stringContaining('small') });
    expect(run({ NANO_MASTER_KEY_PREVIOUS: former })).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('resealed 1; cannot open 0'),
    });
    await restartAll({ NANO_MASTER_KEY_PREVIOUS: '' });
    const before = answers.length;
    await until(60_000, 'answers by the new key alone', async () =>
      answers.length >= before + 3 ? true : undefined,
    );
  } finally {
    stop.abort();
    await asking;
  }
  expect(new Set(answers)).toEqual(new Set(['succeeded']));
});
