import type { ConcurrencyLimit } from './concurrency-limit.js';
import type { ServerFacts } from './server-facts.js';

const periodMs = 1_000;

/** Follows vLLM's own queue while requests are at it, so that they wait here, where they can still go elsewhere. */
export class QueueWatch {
  private isWatching = false;

  constructor(
    private readonly facts: ServerFacts,
    private readonly limit: ConcurrencyLimit,
  ) {}

  requestStarted(): void {
    if (this.isWatching) return;
    this.isWatching = true;
    setTimeout(() => void this.look(), periodMs).unref();
  }

  private async look(): Promise<void> {
    try {
      const waiting = (await this.facts.isVllm()) ? await this.facts.waiting() : null;
      if (waiting !== null) this.limit.observeQueue(waiting);
    } catch {
      // Its answers to requests tell whether it is in trouble.
    } finally {
      this.isWatching = false;
      if (this.limit.outstanding > 0) this.requestStarted();
    }
  }
}
