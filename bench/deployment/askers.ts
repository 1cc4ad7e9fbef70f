import { seededRandom } from '../../evaluation/src/statistics/random.js';
import type { Arrival } from '../open-loop/arrival.js';
import { ask } from '../open-loop/ask.js';
import { drive } from '../open-loop/drive.js';
import { Exchange } from '../open-loop/exchange.js';
import { Gateways } from '../open-loop/gateways.js';
import { bundledQuestions } from '../open-loop/questions.js';
import { arrivalTimes, type Phase } from '../open-loop/schedule.js';

const patienceMs = 150_000;
const mostOutstanding = 5_000;

/** Who asks a deployment: the load tool, in this process. */
export class Askers {
  readonly gateways: Gateways;
  private readonly exchange = new Exchange({});
  private readonly random = seededRandom(1);
  private readonly questions = bundledQuestions(undefined);

  constructor(urls: readonly string[]) {
    this.gateways = new Gateways(urls, this.exchange);
  }

  /** Open loop, with random gaps. */
  arrive(phases: readonly Phase[], signal?: AbortSignal): Promise<Arrival[]> {
    return drive({
      times: arrivalTimes(phases, 'poisson', this.random),
      ask: (stopped) => this.askOne(stopped),
      mostOutstanding,
      ...(signal && { signal }),
    });
  }

  /**
   * Answers a second with so many clients, each of which asks again once it was answered: those that come in the given
   * seconds once it has settled. @throws when one is not answered
   */
  async throughput(clients: number, settlingSeconds: number, seconds: number): Promise<number> {
    const never = new AbortController().signal;
    const from = performance.now() + settlingSeconds * 1_000;
    const to = from + seconds * 1_000;
    let answered = 0;
    const client = async (): Promise<void> => {
      while (performance.now() < to) {
        const { kind, code } = await this.askOne(never);
        if (kind !== 'succeeded') throw new Error(`A question ended wrongly: ${kind} ${code}`);
        const now = performance.now();
        if (now >= from && now < to) answered += 1;
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return answered / seconds;
  }

  close(): void {
    this.gateways.close();
    this.exchange.close();
  }

  private askOne(stopped: AbortSignal) {
    const question = this.questions[Math.floor(this.random() * this.questions.length)];
    if (!question) throw new Error('There is no question.');
    return ask(question, { exchange: this.exchange, gateways: this.gateways, patienceMs }, stopped);
  }
}
