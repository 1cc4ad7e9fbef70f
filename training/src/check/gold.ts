import type { StatementRunner } from '../pairs/statement-runner.js';
import type { TrainingExample } from '../prepare/example.js';
import type { CheckResult, Finding } from './finding.js';

/**
 * Every SQL text runs on its database, in the executor's sandbox.
 * @param fileOf the database's SQLite file; undefined where it is not at hand, and the example is not counted
 */
export async function goldRuns(
  examples: readonly TrainingExample[],
  fileOf: (database: string) => string | undefined,
  runner: StatementRunner,
  onProgress: (done: number) => void,
): Promise<CheckResult> {
  const findings: Finding[] = [];
  let checked = 0;
  for (const [at, { meta }] of examples.entries()) {
    const file = fileOf(meta.database);
    const failure =
      file === undefined ? null : await runner.failureOf({ name: meta.database, file }, meta.sql);
    if (file !== undefined) checked += 1;
    if (failure) findings.push({ id: meta.id, message: `${failure.class}: ${failure.message}` });
    onProgress(at + 1);
  }
  return { name: 'has SQL that runs', severity: 'error', checked, findings };
}
