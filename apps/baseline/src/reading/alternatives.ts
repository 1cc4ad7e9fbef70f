import type { Column } from '../schema/model.js';
import type { Condition } from '../sql/query.js';
import type { Draft } from './draft.js';

type Comparison = Extract<Condition, { kind: 'compare' }>;

/** Conditions that no single row can meet are alternatives (`or`), or two queries that share their results (`both … and`). */
export function settleAlternatives(draft: Draft): void {
  const { query } = draft;
  const said = draft.tokens.map(({ lower }) => lower);
  const pair = contradiction(query.where);
  if (pair) {
    query.where = query.where.filter((condition) => !pair.includes(condition as Comparison));
    if (said.includes('or') || said.includes('either')) query.where.push({ kind: 'any', conditions: pair });
    else draft.both ??= { operator: 'INTERSECT', first: pair[0], second: pair[1] };
  } else if (/ or /.test(draft.sketch.text) && query.where.length === 2 && query.having.length === 0) {
    query.where = [{ kind: 'any', conditions: query.where }];
  }
}

function contradiction(conditions: Condition[]): [Comparison, Comparison] | null {
  const comparisons = conditions.filter((condition) => condition.kind === 'compare');
  for (const [at, first] of comparisons.entries())
    for (const second of comparisons.slice(at + 1)) if (exclude(first, second)) return [first, second];
  return null;
}

function exclude(a: Comparison, b: Comparison): boolean {
  const [left, right] = [columnIn(a), columnIn(b)];
  if (left === null || left !== right || typeof a.right === 'object' || typeof b.right === 'object')
    return false;
  if (a.operator === '=' && b.operator === '=') return a.right !== b.right;
  const [low, high] = a.operator.startsWith('<') ? [b, a] : [a, b];
  return (
    low.operator.startsWith('>') && high.operator.startsWith('<') && Number(low.right) >= Number(high.right)
  );
}

function columnIn({ left }: Comparison): Column | null {
  return left.kind === 'column' ? left.column : null;
}
