import { z } from 'zod';

/** How the timed model server works: like cards, or with the same time for every reply, however many there are. */
export const timingSchema = z.union([
  z.object({ replyMs: z.number().nonnegative() }),
  z.object({
    cards: z.int().min(1),
    /** Replies that a card works on at a time. */
    batch: z.int().min(1),
    /** Share of each prompt that the prefix cache holds, from 0 to 1. */
    cached: z.number().min(0).max(1),
    speed: z.object({
      prefillPerSecond: z.number().positive(),
      decodePerSecond: z.number().positive(),
      batchGrowth: z.number().min(0).max(1),
    }),
  }),
]);
export type Timing = z.infer<typeof timingSchema>;
