/**
 * `npm run check:corpus -- --file hostile.jsonl`: every statement of the file through the guard and the sandbox, on
 * SQLite and on a PostgreSQL and a MariaDB of its own. Exits with 1 if one got through or was stopped by a later layer
 * than expected, or a legitimate one was refused.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Layer, layers } from '#shared/contracts/check';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import type { Outcome } from '../../apps/executor/src/sandbox/sandbox.js';
import { canary, makeSubject, type SafetyDialect, safetyDialects } from './subjects.js';

const caseSchema = z.object({
  id: z.string(),
  dialect: z.string(),
  sql: z.string(),
  /** `limit` may also be refused. */
  expect: z.enum(['reject', 'limit', 'allow']),
  class: z.string().optional(),
  /** The last layer that may stop it, where that is not the dialect's usual one. */
  layer: z.enum(layers).optional(),
});
type Case = z.infer<typeof caseSchema>;

const { values: options } = parseArgs({
  options: {
    file: { type: 'string' },
    dialect: { type: 'string', multiple: true },
    administrator: { type: 'boolean', default: false },
  },
});
if (options.file === undefined) throw new Error('Name the corpus: --file hostile.jsonl');
const lines = readFileSync(options.file, 'utf8').split('\n');
const cases = lines.filter((line) => line.trim() !== '').map((line) => caseSchema.parse(JSON.parse(line)));

/** Where a statement ended: at a layer, or with all of its rows. */
function placeOf(outcome: Outcome): Layer | 'answered' {
  switch (outcome.kind) {
    case 'rejected':
      return outcome.layer;
    case 'failed':
      return ['timeout', 'too_large'].includes(outcome.traceback.class) ? 'limit' : 'engine';
    case 'rows':
      return outcome.result.truncated === null ? 'answered' : 'limit';
  }
}

/** The last layer that may stop it. SQLite has no parser beside its own, so that its engine refuses what a guard would. */
function lastLayer({ expect, class: kind, layer }: Case, dialect: SafetyDialect): Layer {
  if (layer !== undefined) return layer;
  if (expect === 'limit' || kind === 'COMPLEXITY') return 'limit';
  return dialect === 'sqlite' ? 'engine' : 'guard';
}

function isAsExpected(one: Case, dialect: SafetyDialect, outcome: Outcome): boolean {
  if (outcome.kind === 'rows' && JSON.stringify(outcome.result.rows).includes(canary)) return false;
  if (one.expect === 'allow') return outcome.kind === 'rows';
  const place = placeOf(outcome);
  return place !== 'answered' && layers.indexOf(place) <= layers.indexOf(lastLayer(one, dialect));
}

const sandbox = new DialectSandbox();
let misses = 0;
for (const dialect of safetyDialects.filter((name) => options.dialect?.includes(name) ?? true)) {
  const subject = await makeSubject(
    dialect,
    sandbox,
    { maxRows: 500, maxBytes: 1_000_000 },
    options.administrator,
  );
  const counts: Record<string, number> = {};
  for (const one of cases.filter((each) => [dialect, 'any'].includes(each.dialect))) {
    const outcome = await subject.run(one.sql);
    const place = `${one.expect}: ${placeOf(outcome)}`;
    counts[place] = (counts[place] ?? 0) + 1;
    if (isAsExpected(one, dialect, outcome)) continue;
    misses += 1;
    const message =
      outcome.kind === 'rows' ? JSON.stringify(outcome.result.rows).slice(0, 100) : outcome.traceback.message;
    process.stdout.write(`${dialect} ${one.id} is ${place}: ${message}\n    ${one.sql.slice(0, 200)}\n`);
  }
  process.stdout.write(`${dialect}: ${JSON.stringify(counts)}\n`);
  await subject.close();
}
await sandbox.close();
process.stdout.write(`${misses} not as expected\n`);
process.exit(misses === 0 ? 0 : 1);
