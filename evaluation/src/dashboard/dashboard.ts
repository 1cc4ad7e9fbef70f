import { readFileSync } from 'node:fs';
import type { QuestionScore } from '../scoring/question-score.js';
import { bootstrapInterval } from '../statistics/bootstrap.js';
import { compareRuns } from '../statistics/paired-comparison.js';

export interface DashboardRun {
  name: string;
  scores: readonly QuestionScore[];
}

/** In the order in which they use one another: joined, they are one script without imports. */
const scripts = ['dom.js', 'charts.js', 'outcomes.js', 'questions.js', 'main.js'];

/** One page that holds all it needs and opens from disk: a run, and the differences from a second one if given. */
export function renderDashboard(run: DashboardRun, other?: DashboardRun, seed = 1): string {
  const runs = [run, ...(other ? [other] : [])].map(({ name, scores }) => ({
    name,
    scores,
    interval: bootstrapInterval(
      scores.map((score) => Number(score.correct)),
      { seed },
    ),
  }));
  const correct = ({ scores }: DashboardRun) => scores.map((score) => score.correct);
  const comparison = other ? compareRuns(correct(run), correct(other), { seed }) : null;
  const parts: Record<string, string> = {
    STYLE: asset('page.css'),
    DATA: embeddable({ runs, comparison }),
    SCRIPT: scripts.map(scriptText).join('\n'),
  };
  return asset('page.html').replaceAll(
    /\/\*(STYLE|DATA|SCRIPT)\*\//g,
    (_, name: string) => parts[name] ?? '',
  );
}

/** JSON in which no text can end the script element that holds it. */
function embeddable(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function scriptText(name: string): string {
  return asset(name)
    .replaceAll(/^import [^;]*;$/gm, '')
    .replaceAll(/^export /gm, '')
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '');
}

function asset(name: string): string {
  return readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
}
