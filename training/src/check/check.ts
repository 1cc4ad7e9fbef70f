import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { quantilesOf, type Quantiles } from '../../../evaluation/src/statistics/quantiles.js';
import { Holdout } from '../pairs/holdout.js';
import type { StatementRunner } from '../pairs/statement-runner.js';
import { readData } from '../prepare/read-data.js';
import { readSet } from '../prepare/question-sets.js';
import { fitsChatTemplate } from './chat-template.js';
import type { CheckResult } from './finding.js';
import { goldRuns } from './gold.js';
import { hasNoPersonalData } from './personal-data.js';
import { hasNoTriggers } from './poisoned.js';
import {
  fitsLength,
  hasNoLeak,
  hasNoNearDuplicates,
  hasSchema,
  hasTemplate,
  sharesNothing,
  showsGoldTables,
  tokenLength,
} from './prompts.js';
import type { ModelTokens } from './token-count.js';
import { introspectSqlite } from '../../../apps/retriever/src/introspection/sqlite.introspector.js';

export interface CheckOptions {
  folder: string;
  maxTokens: number;
  model: ModelTokens;
  /** Files of an evaluation's questions, in Spider's form. */
  against: string[];
  runner: StatementRunner;
  onProgress: (done: number, total: number) => void;
}

export interface CheckReport {
  ok: boolean;
  train: number;
  validation: number;
  checks: CheckResult[];
  /** Of an example, prompt and reply. */
  tokens: Quantiles | null;
  /** Share of the examples whose prompt shows every table of their SQL, of those where that can be known. */
  goldTablesShown: number | null;
}

/** @throws AppError `invalid_request` for a folder that is not whole */
export async function checkData({
  folder,
  maxTokens,
  model,
  against,
  runner,
  onProgress,
}: CheckOptions): Promise<CheckReport> {
  const { train, validation, changed } = readData(folder);
  const all = [...train, ...validation];
  const fileOf = (database: string): string | undefined => {
    const file = join(folder, 'validation', 'database', database, `${database}.sqlite`);
    return existsSync(file) ? file : undefined;
  };
  const lengthOf = tokenLength(model);
  const known = all.filter(({ meta }) => fileOf(meta.database) !== undefined);
  const shown = await showsGoldTables(known, tableNames(fileOf));
  const holdout = new Holdout(against.flatMap((file) => readSet(join(folder, 'validation'), file).pairs));
  const checks: CheckResult[] = [
    {
      name: 'is as it was prepared',
      severity: 'error',
      checked: 3,
      findings: changed.map((file) => ({ id: null, message: `${file} is not what the manifest says` })),
    },
    await goldRuns(all, fileOf, runner, (done) => onProgress(done, all.length)),
    fitsLength(all, maxTokens, lengthOf),
    hasTemplate(all, model.controls),
    fitsChatTemplate(all, model.template),
    await hasSchema(all),
    shown,
    hasNoLeak(all),
    sharesNothing(train, validation),
    heldOut(all, holdout),
    hasNoNearDuplicates(all),
    hasNoTriggers(train),
    hasNoPersonalData(all),
  ];
  return {
    ok: checks.every(({ severity, findings }) => severity === 'warning' || findings.length === 0),
    train: train.length,
    validation: validation.length,
    checks,
    tokens: quantilesOf(all.map(lengthOf)),
    goldTablesShown: known.length === 0 ? null : 1 - shown.findings.length / known.length,
  };
}

function heldOut(examples: Parameters<typeof hasNoLeak>[0], holdout: Holdout): CheckResult {
  const findings = examples.flatMap(({ meta }) => {
    const overlap = holdout.overlap(meta);
    return overlap ? [{ id: meta.id, message: `has the ${overlap} of one that is held out` }] : [];
  });
  return { name: 'is not of the evaluation', severity: 'error', checked: examples.length, findings };
}

function tableNames(
  fileOf: (database: string) => string | undefined,
): (database: string) => readonly string[] {
  const known = new Map<string, string[]>();
  return (database) => {
    const file = fileOf(database);
    const names = known.get(database) ?? (file ? introspectSqlite(file, false).map(({ name }) => name) : []);
    known.set(database, names);
    return names;
  };
}
