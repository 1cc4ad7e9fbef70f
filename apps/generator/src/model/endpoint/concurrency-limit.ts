/** A place among the requests that an endpoint works on. */
export interface Slot {
  /** Frees the place. Safe to call twice. */
  release(): void;
  /** The server answered: the bound may grow. */
  succeeded(): void;
  /** The server had too much, as its 429 says. */
  refused(): void;
}

/** Of the requests in flight when a server's own queue fills. */
const shareKept = 0.9;

/**
 * Bounds the requests at an endpoint by what it takes: one more for each full round of answers, half on a 429 (additive
 * increase, multiplicative decrease), never more than its batch. Those past the bound wait in the order they came.
 */
export class ConcurrencyLimit {
  outstanding = 0;
  private bound: number;
  private isQueueing = false;
  private round = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most: number) {
    this.bound = most;
  }

  get limit(): number {
    return Math.max(Math.floor(this.bound), 1);
  }

  /** Requests in hand and before it, for each that it can work on: what the least loaded endpoint has least of. */
  get load(): number {
    return (this.outstanding + this.waiting.length) / this.limit;
  }

  /** @throws the signal's reason when it aborts first */
  async acquire(signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    if (this.outstanding >= this.limit) await this.turn(signal);
    else this.outstanding += 1;
    return this.slot();
  }

  /** What the server says of its own queue: requests there wait without a place in its batch. */
  observeQueue(waiting: number): void {
    this.isQueueing = waiting > 0;
    if (this.isQueueing) this.bound = Math.max(Math.min(this.bound, this.outstanding) * shareKept, 1);
  }

  private slot(): Slot {
    const { round } = this;
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.outstanding -= 1;
        this.admit();
      },
      succeeded: () => {
        if (!this.isQueueing) this.bound = Math.min(this.bound + 1 / this.bound, this.most);
        this.admit();
      },
      refused: () => {
        // All requests of a burst are refused at once: that is one sign, not many.
        if (round !== this.round) return;
        this.round += 1;
        this.bound = Math.max(this.bound / 2, 1);
      },
    };
  }

  private turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = () => {
      this.waiting.splice(this.waiting.indexOf(start), 1);
      reject(signal.reason as Error);
    };
    const start = () => {
      signal.removeEventListener('abort', stop);
      this.outstanding += 1;
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
    this.waiting.push(start);
    return promise;
  }

  private admit(): void {
    while (this.outstanding < this.limit) {
      const start = this.waiting.shift();
      if (!start) return;
      start();
    }
  }
}
