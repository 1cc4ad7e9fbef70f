import { stderr } from '../../apps/cli/src/output/terminal.js';
import type { Outcome } from './arrival.js';

const everyMs = 10_000;

/** Tells people now and then how far it is. */
export class Progress {
  private readonly started = performance.now();
  private asked = 0;
  private ended = 0;
  private unanswered = 0;
  private readonly timer = setInterval(() => this.tell(), everyMs).unref();

  async watch(asking: Promise<Outcome>): Promise<Outcome> {
    this.asked += 1;
    const outcome = await asking;
    this.ended += 1;
    if (outcome.kind !== 'succeeded') this.unanswered += 1;
    return outcome;
  }

  end(): void {
    clearInterval(this.timer);
  }

  private tell(): void {
    const seconds = Math.round((performance.now() - this.started) / 1_000);
    stderr.line(
      `${seconds} s: ${this.asked} asked, ${this.asked - this.ended} outstanding, ${this.unanswered} without an answer`,
    );
  }
}
