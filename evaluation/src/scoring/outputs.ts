import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { permanent } from '#shared/errors/app-error';
import { renderDashboard, type DashboardRun } from '../dashboard/dashboard.js';
import type { Metrics } from './metrics.js';
import type { QuestionScore } from './question-score.js';

const detailsFile = 'detailed_results.jsonl';

/** Writes metrics.json, detailed_results.jsonl and dashboard.html, which shows the differences from `other`. */
export function writeScores(out: string, run: DashboardRun, metrics: Metrics, other?: DashboardRun): void {
  if (other && !sameQuestions(run, other)) {
    throw permanent('invalid_request', `${other.name} scores other questions than this run`);
  }
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'metrics.json'), `${JSON.stringify(metrics, null, 2)}\n`);
  writeFileSync(join(out, detailsFile), run.scores.map((score) => `${JSON.stringify(score)}\n`).join(''));
  writeFileSync(join(out, 'dashboard.html'), renderDashboard(run, other));
}

/** A run from the folder it was written to. */
export function readRun(out: string): DashboardRun {
  const lines = readFileSync(join(out, detailsFile), 'utf8').split('\n').filter(Boolean);
  return { name: out, scores: lines.map((line) => JSON.parse(line) as QuestionScore) };
}

function sameQuestions(first: DashboardRun, second: DashboardRun): boolean {
  const same = first.scores.every(({ index, gold }, at) => {
    const other = second.scores[at];
    return other?.index === index && other.gold === gold;
  });
  return same && first.scores.length === second.scores.length;
}
