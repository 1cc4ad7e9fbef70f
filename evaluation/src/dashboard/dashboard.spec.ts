import { describe, expect, it } from '@jest/globals';
import type { QuestionScore } from '../scoring/question-score.js';
import { renderDashboard } from './dashboard.js';

function scored(part: Partial<QuestionScore>): QuestionScore {
  return {
    index: 0,
    dbId: 'pets',
    question: 'How many?',
    gold: 'SELECT 1',
    predicted: 'SELECT 2',
    correct: false,
    validSql: true,
    executes: true,
    exactMatch: false,
    hardness: 'easy',
    goldTables: ['pet'],
    ...part,
  };
}

describe('renderDashboard', () => {
  const hostile = scored({
    question: '</script><script>alert(1)</script>',
    predicted: "SELECT '/*SCRIPT*/ $& <!--'",
  });
  const page = renderDashboard(
    { name: 'first', scores: [hostile] },
    { name: 'second', scores: [scored({ correct: true })] },
  );

  it('holds everything it needs', () => {
    expect(page).not.toMatch(/\b(?:src|href)=/);
    expect(page).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(page).not.toMatch(/^\s*(?:import|export) /m);
    expect(page.match(/<script/g)).toHaveLength(2);
  });

  it('gives the scores back as they were, whatever they hold', () => {
    const [, data = ''] = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(page) ?? [];
    const parsed = JSON.parse(data) as {
      runs: { scores: unknown[] }[];
      comparison: { onlySecondCorrect: number };
    };
    expect(parsed.runs[0]!.scores).toEqual([hostile]);
    expect(parsed.comparison.onlySecondCorrect).toBe(1);
  });
});
