import type { Exchange } from './exchange.js';

const checkPeriodMs = 500;
const checkWithinMs = 2_000;

/**
 * Whom to ask next, as a load balancer chooses: in turns among the gateways whose `/readyz` says 200. One alone is always
 * asked.
 */
export class Gateways {
  private readonly ready: Set<string>;
  /** Taken out by hand, as an orchestrator takes out what it is about to stop. */
  private readonly drained = new Set<string>();
  private turn = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly urls: readonly string[],
    private readonly exchange: Exchange,
  ) {
    this.ready = new Set(urls);
    if (urls.length > 1) this.timer = setInterval(() => void this.checkAll(), checkPeriodMs).unref();
  }

  /** Null when none is in turn: all are down, or were tried. */
  next(tried: ReadonlySet<string>): string | null {
    const inTurn = this.urls.length === 1 ? this.urls : this.urls.filter((url) => this.serves(url));
    const untried = inTurn.filter((url) => !tried.has(url));
    this.turn += 1;
    return untried[this.turn % untried.length] ?? null;
  }

  /** Nothing listens there: it is out of turn until a check finds it ready. */
  refused(url: string): void {
    this.ready.delete(url);
  }

  drain(url: string): void {
    this.drained.add(url);
  }

  restore(url: string): void {
    this.drained.delete(url);
  }

  close(): void {
    clearInterval(this.timer);
  }

  private serves(url: string): boolean {
    return this.ready.has(url) && !this.drained.has(url);
  }

  private async checkAll(): Promise<void> {
    await Promise.all(
      this.urls.map(async (url) => {
        if (await this.isReady(url)) this.ready.add(url);
        else this.ready.delete(url);
      }),
    );
  }

  private async isReady(url: string): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(checkWithinMs);
      const { status } = await this.exchange.send('GET', new URL('/readyz', url), undefined, {}, signal);
      return status === 200;
    } catch {
      return false;
    }
  }
}
