import type { Token } from '../language/tokenise.js';
import type { Mention } from '../linking/mention.js';
import type { Schema } from '../schema/model.js';
import type { Query } from '../sql/query.js';
import { newDraft, type Draft } from './draft.js';
import { finish } from './finish.js';
import { readAggregates } from './rules/aggregates.js';
import { readComparisons } from './rules/comparisons.js';
import { readCountConditions, readCounts } from './rules/counts.js';
import { readExclusions } from './rules/exclusions.js';
import { readCountExtremes, readExtremes } from './rules/extremes.js';
import { readGrouping, readLateGrouping } from './rules/grouping.js';
import { readOrdering } from './rules/ordering.js';
import { readSelection } from './rules/selection.js';
import { readTextMatches } from './rules/text-match.js';
import { readValues } from './rules/values.js';

/** In this order: each takes from the sketch what it understands, so the more special come first. */
const rules: ((draft: Draft) => void)[] = [
  readTextMatches,
  readExclusions,
  readCountConditions,
  readComparisons,
  readOrdering,
  readCountExtremes,
  readGrouping,
  readAggregates,
  readExtremes,
  readCounts,
  readLateGrouping,
  readValues,
  readSelection,
];

export function readQuestion(schema: Schema, tokens: Token[], mentions: Mention[]): Query | null {
  const draft = newDraft(schema, tokens, mentions);
  for (const rule of rules) rule(draft);
  return finish(draft);
}
