import { aggregateNames } from './calls.js';
import { listOf, oneOf } from './rules.js';
import { bounds, flat } from './shape.js';
import type { Expressions } from './expressions.js';

/** `rank() OVER (PARTITION BY … ORDER BY …)`: what ranks needs an order, what gathers takes a frame. */
export function windowCall(values: Expressions): string {
  const { rules } = values;
  return rules.rule('window', () => {
    const s = rules.space();
    const inner = values.value(flat('plain', 1));
    const over = `${s} ${rules.word('OVER')} ${s} "("`;
    const partition = `${rules.word('PARTITION BY')} ${s} ${listOf(rules, inner, bounds.terms)}`;
    const order = windowOrder(values);
    const ranks = oneOf(
      ['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist'].map((name) => rules.word(name)),
    );
    const moves = oneOf(['lag', 'lead'].map((name) => rules.word(name)));
    const ends = oneOf(['first_value', 'last_value'].map((name) => rules.word(name)));
    const gathers = oneOf(
      aggregateNames(values.dialect)
        .filter((name) => !/concat|array/.test(name))
        .map((name) => rules.word(name)),
    );
    const ordered = `${over} (${partition} ${s})? ${order} ")"`;
    const frame = `(${partition} | (${partition} ${s})? ${order} (${s} ${windowFrame(values)})?)?`;
    return oneOf([
      `((${ranks}) "()" | ${rules.word('ntile')} "(" ${values.count()} ")") ${ordered}`,
      `((${moves}) "(" ${inner} ("," ${rules.gap()} ${values.count()})? ")" | (${ends}) "(" ${inner} ")") ${ordered}`,
      `(${rules.word('count')} "(*)" | (${gathers}) "(" ${inner} ")") ${over} ${frame} ")"`,
    ]);
  });
}

/** Windows are built of the groups that are there by then, so aggregates may order them. */
function windowOrder(values: Expressions): string {
  const { rules } = values;
  return rules.rule('worder', () => {
    const s = rules.space();
    const value = values.value(flat('aggregate', 1));
    const term = `${value} (${s} (${rules.word('ASC')} | ${rules.word('DESC')}))?`;
    return `${rules.word('ORDER BY')} ${s} ${listOf(rules, `(${term})`, bounds.terms)}`;
  });
}

function windowFrame(values: Expressions): string {
  const { rules } = values;
  return rules.rule('frame', () => {
    const s = rules.space();
    const rows = `${values.count()} ${s}`;
    const start = `(${rules.word('UNBOUNDED')} ${s} | ${rows}) ${rules.word('PRECEDING')} | ${rules.word('CURRENT ROW')}`;
    const end = `(${rules.word('UNBOUNDED')} ${s} | ${rows}) ${rules.word('FOLLOWING')} | ${rules.word('CURRENT ROW')}`;
    return `${rules.word('ROWS BETWEEN')} ${s} (${start}) ${s} ${rules.word('AND')} ${s} (${end})`;
  });
}
