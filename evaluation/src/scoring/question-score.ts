import type { ComparisonFailure, ResultPreview } from '../execution/comparison.js';
import type { Hardness } from '../grammar/hardness.js';
import type { Question } from '../questions/question-set.js';

/** One question's score: a line of detailed_results.jsonl. */
export interface QuestionScore extends Question {
  predicted: string;
  /** Execution accuracy. */
  correct: boolean;
  error?: ComparisonFailure;
  /** The prediction prepares on the database. */
  validSql: boolean;
  /** The prediction runs to its end. */
  executes: boolean;
  /** Exact set match; null where Spider's grammar cannot read the gold statement. */
  exactMatch: boolean | null;
  /** Null where Spider's grammar cannot read the gold statement. */
  hardness: Hardness | null;
  /** Tables that the gold statement reads, in lower case; null where the grammar cannot read it. */
  goldTables: string[] | null;
  /** Both results where they differ. */
  results?: { gold: ResultPreview; predicted: ResultPreview };
}
