import { setTimeout as sleep } from 'node:timers/promises';
import { type Speed, stepSeconds } from './speed.js';

/** A reply in the making. */
export interface Sequence {
  /** Tokens still to be read, and to be written. */
  toRead: number;
  toWrite: number;
  /** One more token is written. */
  onToken(): void;
  /** Its client went away. */
  isGone(): boolean;
}

/** Tokens of prompts that a step reads at most beside the replies it goes on with, as vLLM's chunked prefill does. */
const chunk = 256;
/** A card that the machine held up for longer than that does not make up for it. */
const longestLagMs = 1_000;

/** The timing of one card that works on several replies at a time, step by step; what it writes is not its business. */
export class Card {
  private readonly waiting: Sequence[] = [];
  private running: Sequence[] = [];
  private isAtWork = false;

  constructor(
    private readonly speed: Speed,
    /** Replies at a time, as vLLM's --max-num-seqs. */
    private readonly most: number,
  ) {}

  get load(): number {
    return this.waiting.length + this.running.length;
  }

  add(sequence: Sequence): void {
    this.waiting.push(sequence);
    if (!this.isAtWork) void this.work();
  }

  private async work(): Promise<void> {
    this.isAtWork = true;
    let due = performance.now();
    while (this.admit() > 0) {
      const { reading, read, writing } = this.plan();
      due =
        Math.max(due, performance.now() - longestLagMs) +
        stepSeconds(this.speed, read, writing.length) * 1_000;
      const rest = due - performance.now();
      if (rest > 0) await sleep(rest);
      for (const { sequence, tokens } of reading) sequence.toRead -= tokens;
      for (const sequence of writing) {
        sequence.toWrite -= 1;
        sequence.onToken();
      }
    }
    this.isAtWork = false;
  }

  /** Those that ended make room. Returns how many there are to work on. */
  private admit(): number {
    this.running = this.running.filter((sequence) => sequence.toWrite > 0 && !sequence.isGone());
    while (this.running.length < this.most) {
      const next = this.waiting.shift();
      if (!next) break;
      if (!next.isGone()) this.running.push(next);
    }
    return this.running.length;
  }

  private plan() {
    const writing = this.running.filter(({ toRead }) => toRead === 0);
    const reading: { sequence: Sequence; tokens: number }[] = [];
    let read = 0;
    for (const sequence of this.running.filter(({ toRead }) => toRead > 0)) {
      const tokens = Math.min(sequence.toRead, chunk - read);
      if (tokens === 0) break;
      reading.push({ sequence, tokens });
      read += tokens;
    }
    return { reading, read, writing };
  }
}
