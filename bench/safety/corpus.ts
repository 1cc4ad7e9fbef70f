/**
 * `npm run check:corpus -- --file hostile.jsonl`: every statement of the file through the guard and the sandbox, on
 * SQLite and on a PostgreSQL of its own. Exits with 1 if one got through, or a legitimate one was refused.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import type { Outcome } from '../../apps/executor/src/sandbox/sandbox.js';
import { canary, makeSubject, safetyDialects } from './subjects.js';

const caseSchema = z.object({
  id: z.string(),
  dialect: z.string(),
  sql: z.string(),
  /** `limit` may also be refused. */
  expect: z.enum(['reject', 'limit', 'allow']),
});
type Case = z.infer<typeof caseSchema>;

const { values: options } = parseArgs({
  options: { file: { type: 'string' }, dialect: { type: 'string', multiple: true } },
});
if (options.file === undefined) throw new Error('Name the corpus: --file hostile.jsonl');
const lines = readFileSync(options.file, 'utf8').split('\n');
const cases = lines.filter((line) => line.trim() !== '').map((line) => caseSchema.parse(JSON.parse(line)));

/** Where a statement ended: refused, wrong, cut by a limit, or with all of its rows. */
function placeOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'rejected':
      return outcome.layer;
    case 'failed':
      return ['timeout', 'too_large'].includes(outcome.traceback.class)
        ? 'limited'
        : `wrong (${outcome.traceback.class})`;
    case 'rows':
      return outcome.result.truncated === null ? 'answered' : 'limited';
  }
}

function isAsExpected({ expect }: Case, outcome: Outcome): boolean {
  if (outcome.kind === 'rows' && JSON.stringify(outcome.result.rows).includes(canary)) return false;
  switch (expect) {
    case 'allow':
      return outcome.kind === 'rows';
    case 'limit':
      return placeOf(outcome) !== 'answered';
    case 'reject':
      return outcome.kind !== 'rows';
  }
}

const sandbox = new DialectSandbox();
let misses = 0;
for (const dialect of safetyDialects.filter((name) => options.dialect?.includes(name) ?? true)) {
  const subject = await makeSubject(dialect, sandbox, { maxRows: 500, maxBytes: 1_000_000 });
  const counts: Record<string, number> = {};
  for (const one of cases.filter((each) => [dialect, 'any'].includes(each.dialect))) {
    const outcome = await subject.run(one.sql);
    const place = `${one.expect}: ${placeOf(outcome)}`;
    counts[place] = (counts[place] ?? 0) + 1;
    if (isAsExpected(one, outcome)) continue;
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
