import type { Mend, View } from '../mend.js';

const bounds: Record<string, { ANY: string; ALL: string }> = {
  '<': { ANY: 'MAX', ALL: 'MIN' },
  '<=': { ANY: 'MAX', ALL: 'MIN' },
  '>': { ANY: 'MIN', ALL: 'MAX' },
  '>=': { ANY: 'MIN', ALL: 'MAX' },
};

/** `x < ANY (SELECT y …)`, which SQLite lacks: the same as `x < (SELECT MAX(y) …)` where there are rows. */
export function mendComparison({ sql, statement, schema }: View): Mend | null {
  if (schema.rules.dialect !== 'sqlite') return null;
  const { tokens, blocks } = statement;
  for (const [index, token] of tokens.entries()) {
    const quantifier = token.value === 'SOME' ? 'ANY' : token.value;
    const operator = tokens[index - 1];
    if (token.kind !== 'word' || (quantifier !== 'ANY' && quantifier !== 'ALL') || !operator) continue;
    if (tokens[index + 1]?.value !== '(') continue;
    const block = blocks.find(({ start }) => start === tokens[index + 2]?.start);
    const item = block?.items.length === 1 && !block.group && !block.limit ? block.items[0] : undefined;
    if (!item) continue;
    if (operator.value === '=' && quantifier === 'ANY')
      return { kind: 'comparison', edits: [{ start: operator.start, end: token.end, text: 'IN' }] };
    const aggregate = bounds[operator.value]?.[quantifier];
    if (aggregate === undefined) continue;
    return {
      kind: 'comparison',
      edits: [
        { start: token.start, end: tokens[index + 1]?.start ?? token.end, text: '' },
        { start: item.start, end: item.end, text: `${aggregate}(${sql.slice(item.start, item.end)})` },
      ],
    };
  }
  return null;
}
