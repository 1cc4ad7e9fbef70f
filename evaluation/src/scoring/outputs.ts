import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderDashboard, type DashboardRun } from '../dashboard/dashboard.js';
import { readText } from '../questions/read-file.js';
import type { Metrics } from './metrics.js';
import type { QuestionScore } from './question-score.js';

const detailsFile = 'detailed_results.jsonl';

/** Writes metrics.json, detailed_results.jsonl and dashboard.html, which shows the differences from `other`. */
export function writeScores(out: string, run: DashboardRun, metrics: Metrics, other?: DashboardRun): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  writeFileSync(join(out, detailsFile), run.scores.map((score) => `${JSON.stringify(score)}\n`).join(''));
  writeFileSync(join(out, 'dashboard.html'), renderDashboard(run, other));
}

/** A run from the folder it was written to. */
export function readRun(out: string): DashboardRun {
  const lines = readText(join(out, detailsFile)).split('\n').filter(Boolean);
  return { name: out, scores: lines.map((line) => JSON.parse(line) as QuestionScore) };
}

/** Whether two runs can be compared question by question. */
export function sameQuestions(
  first: readonly Pick<QuestionScore, 'index' | 'gold'>[],
  second: readonly Pick<QuestionScore, 'index' | 'gold'>[],
): boolean {
  const same = first.every(({ index, gold }, at) => second[at]?.index === index && second[at].gold === gold);
  return same && first.length === second.length;
}
