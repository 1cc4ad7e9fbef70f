import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { quantilesOf, type Quantiles } from '../../../evaluation/src/statistics/quantiles.js';
import { Holdout } from '../pairs/holdout.js';
import type { StatementRunner } from '../pairs/statement-runner.js';
import { readData } from '../prepare/read-data.js';
import { readSet } from '../prepare/question-sets.js';
import type { TrainingExample } from '../prepare/example.js';
import type { ChatModel } from './chat-model.js';
import { fitsChatTemplate } from './chat-template/fits-chat-template.js';
import type { CheckResult } from './finding.js';
import { goldRuns } from './gold.js';
import { hasNoPersonalData } from './personal-data.js';
import { hasNoTriggers } from './poisoned.js';
import {
  estimatedLength,
  fitsLength,
  hasNoLeak,
  hasNoNearDuplicates,
  hasSchema,
  hasTemplate,
  sharesNothing,
  showsGoldTables,
} from './prompts.js';
import { introspectSqlite } from '../../../apps/retriever/src/introspection/sqlite.introspector.js';

export interface CheckOptions {
  folder: string;
  maxTokens: number;
  /** Lengths are estimated without it, and no chat template but the known ones' signs looked at. */
  model?: ChatModel;
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
  const known = all.filter(({ meta }) => fileOf(meta.database) !== undefined);
  const shown = await showsGoldTables(known, tableNames(fileOf));
  const holdout = new Holdout(against.flatMap((file) => readSet(join(folder, 'validation'), file).pairs));
  const laidOut = model && (await fitsChatTemplate(all, model));
  const lengths = all.map((example, at) => laidOut?.lengths[at] ?? lengthOf(example, model));
  const checks: CheckResult[] = [
    {
      name: 'is as it was prepared',
      severity: 'error',
      checked: 3,
      findings: changed.map((file) => ({ id: null, message: `${file} is not what the manifest says` })),
    },
    await goldRuns(all, fileOf, runner, (done) => onProgress(done, all.length)),
    fitsLength(all, maxTokens, lengths),
    hasTemplate(all, model?.controls),
    ...(laidOut?.checks ?? []),
    await hasSchema(all),
    shown,
    hasNoLeak(all),
    sharesNothing(train, validation),
    heldOut(against.length > 0 ? all : [], holdout),
    hasNoNearDuplicates(all),
    hasNoTriggers(train),
    hasNoPersonalData(all),
  ];
  return {
    ok: checks.every(({ severity, findings }) => severity === 'warning' || findings.length === 0),
    train: train.length,
    validation: validation.length,
    checks,
    tokens: quantilesOf(lengths),
    goldTablesShown: known.length === 0 ? null : 1 - shown.findings.length / known.length,
  };
}

function lengthOf(example: TrainingExample, model: ChatModel | undefined): number {
  return estimatedLength(example, model && ((text) => model.encode(text).length));
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
