import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';
import { templateNames } from '#shared/prompt/template';
import { flush } from './durable.js';

const entrySchema = z
  .object({ name: z.string(), path: z.string().optional(), template: z.enum(templateNames).optional() })
  .nullable();

const evaluationSchema = z.object({
  questions: z.int(),
  exBefore: z.number(),
  exAfter: z.number(),
  onlyBefore: z.int(),
  onlyAfter: z.int(),
  pValue: z.number(),
  /** Share of the questions whose answer the new adapter wrote. */
  written: z.number(),
  results: z.string(),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

const recordSchema = z.object({
  at: z.string(),
  action: z.enum(['published', 'refused', 'rolled_back']),
  role: z.string(),
  model: z.string(),
  from: entrySchema,
  to: entrySchema,
  sha256: z.string().optional(),
  dataManifest: z.string().optional(),
  evaluation: evaluationSchema.optional(),
});
export type HistoryRecord = z.infer<typeof recordSchema>;

/** What was published, refused and rolled back: a file beside the adapters, a line each, only ever appended to. */
export class History {
  private readonly file: string;

  constructor(volume: string) {
    this.file = join(volume, 'publications.jsonl');
  }

  /** It is on the disk when this returns. */
  add(record: HistoryRecord): void {
    // A line that a crash has cut stays a line of its own.
    const text = existsSync(this.file) ? readFileSync(this.file, 'utf8') : '';
    appendFileSync(this.file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${JSON.stringify(record)}\n`);
    flush(this.file);
  }

  /**
   * The publication that put an adapter where it is now: the last one that was not rolled back, so that an adapter which was in use
   * twice is left twice. A record that was written before a crash, and whose switch did not come about, is not about what is in the
   * catalogue now.
   */
  publicationOf(role: string, model: string, name: string): HistoryRecord | undefined {
    const about = this.records().filter((each) => each.role === role && each.model === model);
    const records = carriedOut(about, name);
    const puts = (record: HistoryRecord) => record.action === 'published' && record.to?.name === name;
    return inForce(records).findLast(puts) ?? records.findLast(puts);
  }

  private records(): HistoryRecord[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n').filter(Boolean);
    return lines.flatMap((line, at) => {
      const record = recordSchema.safeParse(jsonOrNull(line));
      if (record.success) return [record.data];
      if (jsonOrNull(line) === null) return [];
      throw permanent('invalid_request', `${this.file}, line ${at + 1}: ${z.prettifyError(record.error)}`);
    });
  }
}

/** Without those whose switch did not come about: what was in use before them still was when the next came, or is `now`. */
function carriedOut(records: readonly HistoryRecord[], now: string): HistoryRecord[] {
  const switches = records.filter(({ action }) => action !== 'refused');
  return switches.filter(({ from, to }, at) => {
    const next = switches[at + 1];
    const after = next ? next.from?.name : now;
    return after === to?.name || after !== from?.name;
  });
}

/** The publications that lie on one another, the oldest first. */
function inForce(switches: readonly HistoryRecord[]): HistoryRecord[] {
  const standing: HistoryRecord[] = [];
  for (const record of switches) {
    // What lies above the one that gave way was rolled back by hand.
    while (standing.length > 0 && standing.at(-1)?.to?.name !== record.from?.name) standing.pop();
    if (record.action === 'published') standing.push(record);
    else standing.pop();
  }
  return standing;
}

/** Null for a line that a crash has cut. */
function jsonOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
