import type { Span } from '#shared/sql/query-block';
import type { SqlToken } from '#shared/sql/sql-tokens';

/** The conditions that AND, or OR, joins at the level of the span; null where the other one stands among them. */
export function partsOf(tokens: readonly SqlToken[], span: Span, joiner: 'AND' | 'OR'): Span[] | null {
  const parts: Span[] = [];
  let depth = 0;
  let isBetween = false;
  let { start } = span;
  for (const token of tokens) {
    if (token.start < span.start || token.end > span.end) continue;
    if (token.kind === 'sign' && token.value === '(') depth += 1;
    if (token.kind === 'sign' && token.value === ')') depth -= 1;
    if (token.kind !== 'word' || depth > 0) continue;
    if (token.value === 'CASE') return null;
    if (token.value === 'BETWEEN') isBetween = true;
    else if (token.value === 'AND' && isBetween) isBetween = false;
    else if (token.value === joiner) {
      parts.push({ start, end: token.start });
      start = token.end;
    } else if (token.value === 'AND' || token.value === 'OR') return null;
  }
  return [...parts, { start, end: span.end }];
}
