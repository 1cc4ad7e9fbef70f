/** The producer of the bare chain as a process, in the gateway's place: adds the first job and hears of the last one's end. Argument: queue URL. */
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { type Load, runLoad } from '../load.js';
import { hearEnds } from './end-channel.js';
import { type ChainPayload, jobOptions, queueOptions } from './settings.js';

const [url = ''] = process.argv.slice(2);
const options = queueOptions(url);
const queue = new Queue<ChainPayload>('retrieve', options);
const waiting = new Map<string, () => void>();

await hearEnds(url, (id) => {
  waiting.get(id)?.();
  waiting.delete(id);
});

async function ask(): Promise<void> {
  const payload = { queryId: randomUUID(), attempt: 1 };
  const ended = new Promise<void>((resolve) => waiting.set(payload.queryId, resolve));
  await queue.add('retrieve', payload, jobOptions('retrieve', payload));
  await ended;
}

process.on('message', (load: Load) => {
  void runLoad(ask, load).then((result) => process.send?.(result));
});
process.once('SIGTERM', () => process.exit(0));
await queue.waitUntilReady();
process.stdout.write('ready\n');
