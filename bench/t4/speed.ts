/** How fast one card works. Of a 7B model in AWQ on a T4 the first two are published, see docs/models.md. */
export interface Speed {
  /** Tokens of prompts read in a second, whatever the batch: the card computes as fast as it can. */
  prefillPerSecond: number;
  /** Tokens written in a second for one reply alone. */
  decodePerSecond: number;
  /**
   * From 0 to 1: n replies at a time are written at n^growth times the tokens a second of one. Decoding reads all weights for
   * each step, so further replies cost less than the first (1: nothing, 0: as much). An assumption: nothing is published.
   */
  batchGrowth: number;
}

export const t4: Speed = { prefillPerSecond: 400, decodePerSecond: 34, batchGrowth: 0.7 };

/** Seconds of one step of the card that reads so many tokens of prompts and writes a token of each reply in hand. */
export function stepSeconds(
  { prefillPerSecond, decodePerSecond, batchGrowth }: Speed,
  read: number,
  replies: number,
): number {
  return read / prefillPerSecond + (replies === 0 ? 0 : replies ** (1 - batchGrowth) / decodePerSecond);
}

export interface Work {
  /** Tokens that are not in the prefix cache. */
  read: number;
  written: number;
}

/** Seconds of a card for one reply, where it writes so many at a time. */
export function cardSeconds(speed: Speed, { read, written }: Work, batch: number): number {
  return stepSeconds(speed, read, 0) + (written * stepSeconds(speed, 0, batch)) / batch;
}
