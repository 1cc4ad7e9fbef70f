import type { Load } from './load.js';
import { type Usage, usageOf } from './machine/process-usage.js';
import { measuringParts, type Subject } from './subject.js';

/** What was measured of one subject, all rounds together. */
export interface Figures {
  /** One question at a time. */
  unloaded: { count: number; p50Ms: number; p99Ms: number };
  /** So many clients that the subject is never idle. */
  loaded: { count: number; perSecond: number; p50Ms: number; p99Ms: number };
  /** CPU of a query under load by part, in milliseconds; without the parts that only measure in `cpuMs`. */
  cpuMs: number;
  cpuMsByPart: Record<string, number>;
  peakMiB: number;
  peakMiBByPart: Record<string, number>;
}

/** Rounds of the two subjects take turns, so that what else the machine does hits both alike. */
const rounds = 4;
const warmUp: Load = { clients: 16, count: 1_500, ms: 8_000 };
const unloaded: Load = { clients: 1, count: 250, ms: 3_000 };
export const loaded: Load = { clients: 64, count: 10_000, ms: 4_000 };

export async function measureInTurns(subjects: readonly Subject[]): Promise<Figures[]> {
  const samples = subjects.map((subject) => new Samples(subject));
  for (const { subject } of samples) await subject.load(warmUp);
  for (let round = 0; round < rounds; round++) {
    for (const sample of samples) await sample.addUnloaded();
    for (const sample of samples) await sample.addLoaded();
  }
  return samples.map((sample) => sample.figures());
}

class Samples {
  private readonly unloaded: number[] = [];
  private readonly loaded: number[] = [];
  private loadedMs = 0;
  private readonly cpuSeconds: Record<string, number> = {};

  constructor(readonly subject: Subject) {}

  async addUnloaded(): Promise<void> {
    const { latencies } = await this.subject.load(unloaded);
    this.unloaded.push(...latencies);
  }

  async addLoaded(): Promise<void> {
    const before = this.usage();
    const { latencies, elapsedMs } = await this.subject.load(loaded);
    this.loaded.push(...latencies);
    this.loadedMs += elapsedMs;
    for (const [part, { cpuSeconds }] of Object.entries(this.usage()))
      this.cpuSeconds[part] = (this.cpuSeconds[part] ?? 0) + cpuSeconds - (before[part]?.cpuSeconds ?? 0);
  }

  figures(): Figures {
    const cpuMsByPart = mapValues(this.cpuSeconds, (seconds) => (seconds * 1_000) / this.loaded.length);
    const peakMiBByPart = mapValues(this.usage(), ({ peakBytes }) => peakBytes / 1_024 ** 2);
    return {
      unloaded: { count: this.unloaded.length, ...percentiles(this.unloaded) },
      loaded: {
        count: this.loaded.length,
        perSecond: (this.loaded.length / this.loadedMs) * 1_000,
        ...percentiles(this.loaded),
      },
      cpuMs: sumOfParts(cpuMsByPart),
      cpuMsByPart,
      peakMiB: sumOfParts(peakMiBByPart),
      peakMiBByPart,
    };
  }

  private usage(): Record<string, Usage> {
    return mapValues(this.subject.pids, usageOf);
  }
}

function percentiles(latencies: readonly number[]): { p50Ms: number; p99Ms: number } {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

function sumOfParts(values: Record<string, number>): number {
  return Object.entries(values)
    .filter(([part]) => !measuringParts.includes(part))
    .reduce((sum, [, value]) => sum + value, 0);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
