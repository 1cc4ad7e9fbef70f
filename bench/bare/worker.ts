/** One link of the bare chain as a process: takes jobs, does nothing, adds the next; the last one tells the end. Arguments: queue URL, link. */
import { Queue, Worker } from 'bullmq';
import { lockDurationMs, stalledCheckMs } from '#shared/queue/catalogue';
import { endSender } from './end-channel.js';
import { chain, type ChainPayload, concurrency, jobOptions, type Link, queueOptions } from './settings.js';

const [url = '', name = ''] = process.argv.slice(2);
const link = name as Link;
const options = queueOptions(url);
const next = chain[chain.indexOf(link) + 1];
const nextQueue = next && new Queue<ChainPayload>(next, options);

const worker = new Worker<ChainPayload>(
  link,
  async ({ data }) => {
    if (next) await nextQueue?.add(next, data, jobOptions(next, data));
  },
  {
    ...options,
    concurrency: concurrency[link],
    lockDuration: lockDurationMs,
    stalledInterval: stalledCheckMs,
  },
);

if (!next) {
  const sendEnd = await endSender(url);
  worker.on('completed', ({ data }) => void sendEnd(data.queryId));
}
process.once('SIGTERM', () => void worker.close().finally(() => process.exit(0)));
await worker.waitUntilReady();
process.stdout.write('ready\n');
