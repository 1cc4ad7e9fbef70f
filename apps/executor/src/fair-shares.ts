const firstDelayMs = 100;
const spacingMs = 20;

/**
 * How many of the executor's places one datasource may take: half of them, so that one that is flooded with long
 * statements leaves places for the others.
 */
export class FairShares {
  private readonly taken = new Map<string, number>();
  private readonly share: number;
  private nextAt = 0;

  constructor(places: number) {
    this.share = Math.max(1, Math.floor(places / 2));
  }

  /** Takes a place if the datasource's share allows it; the caller gives it back by `leave`. */
  enter(datasourceId: string): boolean {
    const taken = this.taken.get(datasourceId) ?? 0;
    if (taken >= this.share) return false;
    this.taken.set(datasourceId, taken + 1);
    return true;
  }

  leave(datasourceId: string): void {
    const taken = (this.taken.get(datasourceId) ?? 1) - 1;
    if (taken > 0) this.taken.set(datasourceId, taken);
    else this.taken.delete(datasourceId);
  }

  /** When one that was sent away comes again: one after the other, so that they do not keep the queue busy. */
  delayMs(now = performance.now()): number {
    this.nextAt = Math.max(now + firstDelayMs, this.nextAt + spacingMs);
    return Math.round(this.nextAt - now);
  }
}
