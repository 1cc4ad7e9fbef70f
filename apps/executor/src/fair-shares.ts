const firstDelayMs = 100;
const spacingMs = 20;
/** Short statements give their place back sooner than a job goes round through the queue. */
const patienceMs = 25;

interface Waiter {
  settle: (entered: boolean) => void;
  timer: NodeJS.Timeout;
}

/**
 * How many of the executor's places one datasource may take: half of them, so that one that is flooded with long
 * statements leaves places for the others.
 */
export class FairShares {
  private readonly taken = new Map<string, number>();
  private readonly waiting = new Map<string, Set<Waiter>>();
  private readonly share: number;
  private nextAt = 0;

  constructor(places: number) {
    this.share = Math.max(1, Math.floor(places / 2));
  }

  /** Takes a place if the datasource's share has one, or soon has; the caller gives it back by `leave`. */
  enter(datasourceId: string): Promise<boolean> {
    const taken = this.taken.get(datasourceId) ?? 0;
    if (taken < this.share) {
      this.taken.set(datasourceId, taken + 1);
      return Promise.resolve(true);
    }
    return this.wait(datasourceId);
  }

  leave(datasourceId: string): void {
    const [next] = this.waiting.get(datasourceId) ?? [];
    if (next) return this.settle(datasourceId, next, true);
    const taken = (this.taken.get(datasourceId) ?? 1) - 1;
    if (taken > 0) this.taken.set(datasourceId, taken);
    else this.taken.delete(datasourceId);
  }

  /** When one that was sent away comes again: one after the other, so that they do not keep the queue busy. */
  delayMs(now = performance.now()): number {
    this.nextAt = Math.max(now + firstDelayMs, this.nextAt + spacingMs);
    return Math.round(this.nextAt - now);
  }

  private wait(datasourceId: string): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => this.settle(datasourceId, waiter, false), patienceMs);
    const waiter = { settle: resolve, timer };
    this.waiting.set(datasourceId, (this.waiting.get(datasourceId) ?? new Set()).add(waiter));
    return promise;
  }

  private settle(datasourceId: string, waiter: Waiter, entered: boolean): void {
    clearTimeout(waiter.timer);
    const waiters = this.waiting.get(datasourceId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.waiting.delete(datasourceId);
    waiter.settle(entered);
  }
}
