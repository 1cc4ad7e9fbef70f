import { Injectable } from '@nestjs/common';
import { JobQueue } from '#shared/queue/job-queue';

/** A queue of thousands changes little in it. */
const heldMs = 500;

/** How many queries wait for the generators, as of a moment ago: asking costs no query any time. */
@Injectable()
export class QueueLoad {
  private waiting = 0;
  private askedAt = -Infinity;

  constructor(private readonly queue: JobQueue) {}

  now(): number {
    if (performance.now() - this.askedAt > heldMs) {
      this.askedAt = performance.now();
      void this.look();
    }
    return this.waiting;
  }

  private async look(): Promise<void> {
    try {
      this.waiting = (await this.queue.depth('generate')).waiting;
    } catch {
      // The queue is away: what it was stands until it answers.
    }
  }
}
