import { stderr } from '../output/terminal.js';

const barWidth = 24;
const linePeriodMs = 10_000;
const barPeriodMs = 200;
/** The rate is that of the last so many milliseconds: a run is slower at its start. */
const rateWindowMs = 15_000;

const label = {
  register: 'reading schemas',
  ask: 'asking',
  score: 'scoring',
  index: 'indexing',
  retrieve: 'retrieving',
  schemas: 'reading schemas',
  failures: 'running failures',
  statements: 'running SQL',
  contexts: 'making contexts',
  check: 'checking',
};

interface Progress {
  step: keyof typeof label;
  done: number;
  total: number;
}

/** A bar with an estimate of what is left on a terminal; a line now and then elsewhere. */
export class EvalProgress {
  private step: Progress['step'] | undefined;
  private shownAt = 0;
  private marks: { at: number; done: number }[] = [];

  show({ step, done, total }: Progress): void {
    const now = performance.now();
    if (step !== this.step) {
      this.end();
      this.step = step;
      this.marks = [{ at: now, done }];
    }
    const period = stderr.isTerminal ? barPeriodMs : linePeriodMs;
    if (now - this.shownAt < period && done < total && done > 0) return;
    this.shownAt = now;
    this.marks = [...this.marks.filter(({ at }) => now - at < rateWindowMs), { at: now, done }];
    this.print(describe(step, done, total, this.rate()));
  }

  /** Leaves the bar of a step as it is. */
  end(): void {
    if (stderr.isTerminal && this.step) process.stderr.write('\n');
    this.step = undefined;
    this.shownAt = 0;
  }

  /** Per second; undefined as long as there is none. */
  private rate(): number | undefined {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    if (!first || !last || last.done === first.done) return undefined;
    return ((last.done - first.done) / (last.at - first.at)) * 1000;
  }

  private print(text: string): void {
    if (stderr.isTerminal) process.stderr.write(`\r\u001b[2K${text}`);
    else stderr.line(text);
  }
}

function describe(step: Progress['step'], done: number, total: number, rate: number | undefined): string {
  const share = total === 0 ? 1 : done / total;
  const filled = Math.round(share * barWidth);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`;
  const pace =
    rate === undefined || done === total ? '' : `, ${rate.toFixed(1)}/s, ${left((total - done) / rate)} left`;
  return `${label[step].padEnd(15)} ${bar} ${done}/${total}${pace}`;
}

function left(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
