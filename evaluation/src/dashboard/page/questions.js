import { element } from './dom.js';
import { outcomeOf } from './outcomes.js';

/** One question, closed at first; what it holds is made when it is opened. */
export function questionItem(runs, at) {
  const score = runs[0].scores[at];
  const badges = runs.map((run, place) => {
    const outcome = outcomeOf(run.scores[at]);
    return element(
      'span',
      { class: `badge ${outcome === 'correct' ? 'right' : 'wrong'}`, title: run.name },
      runs.length > 1 ? `${'AB'[place]} ${outcome}` : outcome,
    );
  });
  const head = element(
    'summary',
    {},
    element('span', { class: 'number' }, `#${score.index}`),
    ...badges,
    element('span', { class: 'muted' }, `${score.dbId}, ${score.hardness ?? 'unknown'}`),
    ` ${score.question}`,
  );
  const item = element('details', { 'data-index': score.index }, head);
  item.addEventListener('toggle', () => item.open && item.append(...questionBody(runs, at)), { once: true });
  return item;
}

function questionBody(runs, at) {
  return [
    statement('Gold', runs[0].scores[at].gold),
    ...runs.flatMap((run) => answer(run, runs.length > 1, run.scores[at])),
  ];
}

function answer(run, named, score) {
  const parts = [statement(named ? `Predicted by ${run.name}` : 'Predicted', score.predicted)];
  if (score.error)
    parts.push(element('p', { class: 'error' }, `${score.error.kind}: ${score.error.message}`));
  if (score.results) {
    const { gold, predicted } = score.results;
    parts.push(
      element(
        'div',
        { class: 'side-by-side' },
        resultTable('Gold result', gold),
        resultTable('Predicted result', predicted),
      ),
    );
  }
  if (score.attempts) parts.push(attemptList(score));
  return parts;
}

/** How the service came to its answer: every statement that it tried, with what became of it. */
function attemptList({ attempts, tables, timings }) {
  const candidates = attempts.flatMap(({ number, candidates }) =>
    candidates.map((candidate) => ({ number, ...candidate })),
  );
  const items = candidates.map(({ number, sql, outcome, error, correct }) =>
    element(
      'li',
      { value: number },
      element('span', { class: `badge ${correct ? 'right' : 'wrong'}` }, correct ? 'correct' : outcome),
      element('code', {}, ` ${sql}`),
      error ? element('p', { class: 'error' }, `${error.class}: ${error.message}`) : null,
    ),
  );
  const facts = `Context: ${tables.join(', ') || 'none'}. ${Math.round(timings.total)} ms.`;
  return element(
    'div',
    { class: 'statement' },
    element('h4', {}, 'Attempts'),
    element('ol', {}, ...items),
    element('p', { class: 'muted' }, facts),
  );
}

function statement(title, sql) {
  return element(
    'div',
    { class: 'statement' },
    element('h4', {}, title),
    element('pre', {}, sql || '(none)'),
  );
}

function resultTable(title, result) {
  const head = element('tr', {}, ...result.columns.map((name) => element('th', {}, name)));
  const rows = result.rows.map((row) => element('tr', {}, ...row.map(cell)));
  const more = result.complete ? '' : ' or more';
  const shown = result.rows.length < result.rowCount ? `, first ${result.rows.length} shown` : '';
  return element(
    'div',
    { class: 'result' },
    element('h4', {}, `${title}: ${result.rowCount}${more} rows${shown}`),
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows)),
  );
}

function cell(value) {
  return value === null ? element('td', { class: 'muted' }, 'NULL') : element('td', {}, String(value));
}
