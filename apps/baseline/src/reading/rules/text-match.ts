import { namingColumns } from '../../schema/defaults.js';
import { columnAt, mentionAt, type Draft } from '../draft.js';
import { sketchPattern } from '../sketch.js';

const part =
  '(?:(?:with|by )?(?:letter|letters|word|words|phrase|substring|string|character|prefix|suffix|text) )?';

/** `name contains 'x'`, `starting with`, `ends with`, `with the word 'x' in its title`. */
export function readTextMatches(draft: Draft): void {
  const add = (
    column: string | undefined,
    not: string | undefined,
    index: string | undefined,
    shape: (text: string) => string,
  ) => {
    const found =
      column === undefined
        ? draft.subject && namingColumns(draft.subject)[0]
        : columnAt(draft, column, ({ kind }) => kind !== 'number');
    if (!found) return null;
    draft.query.where.push({
      kind: 'compare',
      left: { kind: 'column', column: found },
      operator: not ? 'NOT LIKE' : 'LIKE',
      right: shape(mentionAt(draft, index).text),
    });
    return '';
  };
  const subject = '(?:{C} )?(?:that |which |who |is |are |does |do |can )*(not )?';
  const any = '{QVNCT}';
  draft.sketch.take(
    sketchPattern(
      `${subject}(?:contains?|containing|includes?|including|has|have|having|with|like) ${part.replace(/\?$/, '')}${any}(?: in {C})?`,
    ),
    ([, column, not, index, late]) => add(late ?? column, not, index, (text) => `%${text}%`),
  );
  draft.sketch.take(
    sketchPattern(`${subject}(?:contains?|containing|includes?|including|like) ${part}{Q}(?: in {C})?`),
    ([, column, not, index, late]) => add(late ?? column, not, index, (text) => `%${text}%`),
  );
  draft.sketch.take(
    sketchPattern(`${subject}(?:starts?|starting|begins?|beginning) with ${part}${any}`),
    ([, column, not, index]) => add(column, not, index, (text) => `${text}%`),
  );
  draft.sketch.take(
    sketchPattern(`${subject}(?:ends?|ending) (?:with|in) ${part}${any}`),
    ([, column, not, index]) => add(column, not, index, (text) => `%${text}`),
  );
}
