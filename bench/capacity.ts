/** `npm run capacity`: how many T4s a number of questions a minute needs. See docs/capacity.md. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { cardsNeeded } from './t4/cards-needed.js';
import { t4 } from './t4/speed.js';

const positive = z.coerce.number().positive();
const schema = z
  .object({
    'per-minute': positive,
    prompt: positive.default(1_207),
    cached: z.coerce.number().min(0).default(0),
    reply: positive.default(60),
    attempts: z.coerce.number().min(1).default(1.1),
    batch: positive.default(1),
    utilisation: positive.max(1).default(0.7),
    prefill: positive.default(t4.prefillPerSecond),
    decode: positive.default(t4.decodePerSecond),
    'batch-growth': z.coerce.number().min(0).max(1).default(t4.batchGrowth),
  })
  .refine(({ cached, prompt }) => cached < prompt, 'cached: is less than prompt');

const options = Object.fromEntries(
  Object.keys(schema.shape).map((name) => [name, { type: 'string' as const }]),
);

try {
  const parsed = schema.safeParse(parseArgs({ options }).values);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const given = parsed.data;
  const speed = {
    prefillPerSecond: given.prefill,
    decodePerSecond: given.decode,
    batchGrowth: given['batch-growth'],
  };
  const { seconds, perMinuteAndCard, cards } = cardsNeeded(speed, {
    ...given,
    perMinute: given['per-minute'],
  });
  process.stdout.write(
    `${cards} cards for ${given['per-minute']} questions a minute: a question takes ${seconds.toFixed(2)} s of a card, so one takes ${perMinuteAndCard.toFixed(1)} a minute at ${given.utilisation * 100} % of its time.\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nSee docs/capacity.md.\n`);
  process.exitCode = 2;
}
