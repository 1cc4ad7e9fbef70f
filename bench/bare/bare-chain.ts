import { once } from 'node:events';
import { prepareQueue } from '#shared/queue/queue-backend';
import type { LoadResult } from '../load.js';
import { Processes } from '../machine/processes.js';
import type { Backend, Subject } from '../subject.js';
import { chain } from './settings.js';

/** Three chained no-op queues of bare BullMQ, a process each, and a producer in a fourth. */
export async function startBareChain(backend: Backend, profiles: string | null): Promise<Subject> {
  const processes = new Processes(profiles);
  const url = await (backend === 'redis' ? processes.startRedis() : processes.startPostgres());
  await prepareQueue(url);
  for (const link of chain)
    await processes.start(`worker ${link}`, { file: 'bench/bare/worker.js', args: [url, link] });
  const producer = await processes.start('producer', { file: 'bench/bare/producer.js', args: [url] });
  return {
    load: async (load) => {
      producer.process.send(load);
      const [result] = (await once(producer.process, 'message')) as [LoadResult];
      return result;
    },
    pids: processes.pids,
    close: () => processes.close(),
  };
}
