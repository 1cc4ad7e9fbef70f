import type { StatementComparer, Verdict } from '../execution/comparison.js';
import { exactlyMatches } from '../grammar/exact-match.js';
import { hardnessOf } from '../grammar/hardness.js';
import { parseSpiderQuery } from '../grammar/parser.js';
import { tablesOf, type SpiderQuery } from '../grammar/spider-query.js';
import type { Question, QuestionSet } from '../questions/question-set.js';
import type { SpiderSchema } from '../spider/schema.js';
import {
  isOrdered,
  officialGold,
  officialPrediction,
  withPlainValues,
  type OfficialFormOptions,
} from '../statement/official-form.js';
import type { QuestionScore } from './question-score.js';

export interface ScoredStatement {
  score: QuestionScore;
  /** Milliseconds that SQLite worked. */
  goldMs: number;
  predictedMs: number;
}

/** Scores single statements against the gold statements of a dataset. */
export class StatementScorer {
  constructor(
    private readonly set: QuestionSet,
    private readonly comparer: StatementComparer,
    private readonly form: OfficialFormOptions,
  ) {}

  async score(question: Question, predicted: string): Promise<ScoredStatement> {
    const verdict = await this.compare(question, predicted);
    const score: QuestionScore = {
      ...question,
      predicted,
      correct: verdict.correct,
      ...(verdict.failure && { error: verdict.failure }),
      validSql: verdict.valid,
      executes: verdict.executes,
      ...this.byGrammar(question, predicted),
      ...(verdict.results && { results: verdict.results }),
    };
    return { score, goldMs: verdict.goldMs, predictedMs: verdict.predictedMs };
  }

  private async compare({ dbId, gold: goldText }: Question, predicted: string): Promise<Verdict> {
    if (!predicted.trim()) return noPrediction;
    const gold = officialGold(goldText, this.form);
    return this.comparer.compare({
      databases: this.set.databases(dbId),
      gold,
      predicted: officialPrediction(predicted, this.form),
      ordered: isOrdered(gold),
    });
  }

  private byGrammar(
    question: Question,
    predicted: string,
  ): Pick<QuestionScore, 'exactMatch' | 'hardness' | 'goldTables'> {
    const schema = this.set.schemas.get(question.dbId);
    const gold = schema && readable(question.gold, schema);
    if (!gold) return { exactMatch: null, hardness: null, goldTables: null };
    const prediction = readable(withPlainValues(predicted, this.form), schema);
    return {
      exactMatch: prediction !== undefined && exactlyMatches(prediction, gold, schema),
      hardness: hardnessOf(gold),
      goldTables: [...tablesOf(gold)].sort(),
    };
  }
}

const noPrediction: Verdict = {
  correct: false,
  valid: false,
  executes: false,
  failure: { kind: 'empty', message: 'there is no prediction' },
  goldMs: 0,
  predictedMs: 0,
};

function readable(statement: string, schema: SpiderSchema): SpiderQuery | undefined {
  try {
    return parseSpiderQuery(statement, schema);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
