import { resolve } from 'node:path';
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
  /** Folder of another version, built, from which the applications start at first. */
  from: z
    .string()
    .transform((folder) => resolve(folder))
    .optional(),
  out: z.string(),
});
export type BenchSettings = z.infer<typeof schema> & { model: Timing };

/** Options of the benches of a deployment, all as `--name value`. @throws where one is wrong */
export function readSettings(name: string, seconds: number): BenchSettings {
  const options = Object.fromEntries(
    Object.keys(schema.shape).map((key) => [key, { type: 'string' as const }]),
  );
  const { values } = parseArgs({ options });
  const read = schema.parse({ seconds, out: `.nano/bench/${name}`, ...values });
  const { cards, batch, cached } = read;
  const speed = {
    prefillPerSecond: read.prefill,
    decodePerSecond: read.decode,
    batchGrowth: read['batch-growth'],
  };
  return { ...read, model: { cards, batch, cached, speed } };
}
