import Table from 'cli-table3';
import type { Figures } from './measure.js';
import type { Backend } from './subject.js';

export interface Comparison {
  bare: Figures;
  service: Figures;
  /** The service's figure by bare BullMQ's. */
  ratios: { p50: number; p99: number; throughput: number; cpu: number; memory: number };
}

/** To reach on Redis. */
export const targets = { p50AtMost: 8, throughputAtLeast: 0.1 };

export function compare(bare: Figures, service: Figures): Comparison {
  return {
    bare,
    service,
    ratios: {
      p50: service.unloaded.p50Ms / bare.unloaded.p50Ms,
      p99: service.unloaded.p99Ms / bare.unloaded.p99Ms,
      throughput: service.loaded.perSecond / bare.loaded.perSecond,
      cpu: service.cpuMs / bare.cpuMs,
      memory: service.peakMiB / bare.peakMiB,
    },
  };
}

export function renderComparison(backend: Backend, { bare, service, ratios }: Comparison): string {
  const table = new Table({
    head: [backend, 'bare BullMQ', 'service', 'ratio'],
    colAligns: ['left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const row = (name: string, of: (figures: Figures) => number, digits: number, ratio?: number) =>
    table.push([name, of(bare).toFixed(digits), of(service).toFixed(digits), ratio?.toFixed(2) ?? '']);
  row('unloaded p50, ms', ({ unloaded }) => unloaded.p50Ms, 2, ratios.p50);
  row('unloaded p99, ms', ({ unloaded }) => unloaded.p99Ms, 2, ratios.p99);
  row('queries a second', ({ loaded }) => loaded.perSecond, 0, ratios.throughput);
  row('loaded p50, ms', ({ loaded }) => loaded.p50Ms, 1);
  row('loaded p99, ms', ({ loaded }) => loaded.p99Ms, 1);
  row('CPU a query, ms', ({ cpuMs }) => cpuMs, 2, ratios.cpu);
  row('peak memory, MiB', ({ peakMiB }) => peakMiB, 0, ratios.memory);
  return [table.toString(), renderParts('bare BullMQ', bare), renderParts('service', service)].join('\n');
}

function renderParts(name: string, { cpuMsByPart, peakMiBByPart }: Figures): string {
  const parts = Object.entries(cpuMsByPart).map(
    ([part, ms]) => `${part} ${ms.toFixed(2)} ms, ${(peakMiBByPart[part] ?? 0).toFixed(0)} MiB`,
  );
  return `${name}, CPU a query and peak memory: ${parts.join('; ')}`;
}

export function renderTargets({ ratios }: Comparison): string {
  const met = (is: boolean) => (is ? 'met' : 'missed');
  return [
    `p50 at most ${targets.p50AtMost} times bare BullMQ's: ${ratios.p50.toFixed(2)}, ${met(ratios.p50 <= targets.p50AtMost)}`,
    `throughput at least ${targets.throughputAtLeast * 100} % of bare BullMQ's: ${(ratios.throughput * 100).toFixed(1)} %, ${met(ratios.throughput >= targets.throughputAtLeast)}`,
  ].join('\n');
}
