import type { Load, LoadResult } from './load.js';

export const backends = ['redis', 'postgres'] as const;
export type Backend = (typeof backends)[number];

/** What is measured, started and ready. */
export interface Subject {
  load(load: Load): Promise<LoadResult>;
  /** Process ids by the name of the part; the descendants of each belong to it. */
  pids: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** Parts that only make the measurement: what they use is shown, and not summed up. */
export const measuringParts: readonly string[] = ['client', 'model server'];
