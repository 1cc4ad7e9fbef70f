import type { Cleanups } from './cleanups.js';
import { DescribedApi } from './described-api.js';
import { type Script, type ScriptedModel, startScriptedModel } from './scripted-model.js';
import { queueUrl, testServers } from './servers.js';
import { countPeople, makeSmallDatabase, type SmallDatabase } from './small-database.js';
import { type QueueKind, Stack, type StackOptions } from './stack.js';

const countsPeople: Script = () => ({ texts: [countPeople.sql] });

export interface ServiceOptions extends Pick<StackOptions, 'copies' | 'environment'> {
  /** Where its queues are: PostgreSQL if left out, a backend of the test run, or a server of the suite's own. */
  queue?: QueueKind | { url: string };
  /** What the model says: the number of people if left out. */
  script?: Script;
  /** In place of new ones; they go with the service. */
  model?: ScriptedModel;
  database?: SmallDatabase;
  /** Of the datasource `small`. */
  policy?: object;
  /** What the client sends with every request. */
  headers?: Record<string, string>;
}

/** The four apps, a model that says what it is told, and the small database as the default datasource, `small`. */
export interface Service {
  stack: Stack;
  api: DescribedApi;
  model: ScriptedModel;
  database: SmallDatabase;
  /** Of `small`. */
  datasourceId: string;
}

/** The service of a suite, which goes when the suite ends. An empty value in the environment counts as unset. */
export async function startService(cleanup: Cleanups, options: ServiceOptions = {}): Promise<Service> {
  const { queue = 'postgres', script = countsPeople, copies = {}, environment, policy, headers } = options;
  const database = options.database ?? makeSmallDatabase();
  cleanup(() => database.remove());
  const model = options.model ?? (await startScriptedModel(script));
  cleanup(() => model.stop());
  const stack = await Stack.start({
    databaseUrl: testServers().postgresUrl,
    queueUrl: typeof queue === 'string' ? queueUrl(queue) : queue.url,
    modelUrl: model.url,
    copies,
    environment: { NANO_DEFAULT_DATASOURCE: 'small', ...environment },
  });
  cleanup(() => stack.stop());
  const api = await DescribedApi.open(stack.url, headers);
  const datasourceId = await api.addSqlite('small', database.file, policy);
  return { stack, api, model, database, datasourceId };
}
