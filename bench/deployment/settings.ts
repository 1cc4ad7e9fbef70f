import { parseArgs } from 'node:util';
import { z } from 'zod';
import { t4 } from '../t4/speed.js';
import type { Timing } from '../t4/timing.js';

const positive = z.coerce.number().positive();
const share = z.coerce.number().min(0).max(1);

const schema = z.object({
  /** Length of the measurement. */
  seconds: positive,
  /** Of the measurement of the capacity before. */
  'capacity-seconds': positive.default(30),
  /** Takes the place of the measured capacity, in answers a second. */
  capacity: positive.optional(),
  cards: positive.default(16),
  batch: positive.default(16),
  prefill: positive.default(t4.prefillPerSecond),
  decode: positive.default(t4.decodePerSecond),
  'batch-growth': share.default(t4.batchGrowth),
  cached: share.default(0.75),
  out: z.string(),
});
export type BenchSettings = z.infer<typeof schema> & { model: Timing };

/**
 * Options of the benches of a deployment, all as `--name value`.
 * @param own those of this bench alone
 * @throws where one is wrong
 */
export function readSettings<Own extends z.ZodObject>(
  name: string,
  seconds: number,
  own?: Own,
): BenchSettings & z.output<Own> {
  const options = Object.fromEntries(
    Object.keys({ ...schema.shape, ...own?.shape }).map((key) => [key, { type: 'string' as const }]),
  );
  const given = { seconds, out: `.nano/bench/${name}`, ...parseArgs({ options }).values };
  const read = schema.parse(given);
  const { cards, batch, cached } = read;
  const speed = {
    prefillPerSecond: read.prefill,
    decodePerSecond: read.decode,
    batchGrowth: read['batch-growth'],
  };
  return { ...(own?.parse(given) as z.output<Own>), ...read, model: { cards, batch, cached, speed } };
}
