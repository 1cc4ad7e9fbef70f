import { accuracyGroups, barChart, failureGroups } from './charts.js';
import { element, percent } from './dom.js';
import { filteredIndices, outcomeOf, pairOf, sameQuestions } from './outcomes.js';
import { questionItem } from './questions.js';

const pageLength = 50;
const levels = ['easy', 'medium', 'hard', 'extra', 'unknown'];
const { runs, comparison: given } = JSON.parse(document.getElementById('data').textContent);
let comparison = given;
let shown = pageLength;

const place = (id) => document.getElementById(id);
const hardnessOf = (score) => score.hardness ?? 'unknown';
const tableCountOf = (score) => String(score.goldTables?.length ?? 'unknown');
const distinct = (values) => [...new Set(values)].sort();

function filters() {
  const value = (id) => place(id).value;
  return {
    text: value('text'),
    database: value('database'),
    hardness: value('hardness'),
    outcome: value('outcome'),
    pair: value('pair'),
  };
}

function options(id, first, values) {
  place(id).replaceChildren(
    ...[['', first], ...values].map(([value, label]) => element('option', { value }, label)),
  );
}

function fillFilters() {
  const same = (values) => values.map((value) => [value, value]);
  const scores = runs[0].scores;
  options('database', 'every database', same(distinct(scores.map((score) => score.dbId))));
  options(
    'hardness',
    'every hardness',
    same(levels.filter((level) => scores.some((score) => hardnessOf(score) === level))),
  );
  const outcomes = distinct(scores.map(outcomeOf)).filter((outcome) => outcome !== 'correct');
  options('outcome', 'every outcome', [['wrong', 'wrong (all)'], ['correct', 'correct'], ...same(outcomes)]);
  options('pair', 'both runs', [
    ['only-first', 'only A is right'],
    ['only-second', 'only B is right'],
    ['both', 'both right'],
    ['neither', 'both wrong'],
  ]);
  place('pair').hidden = runs.length < 2;
}

function card(title, value, note) {
  return element(
    'div',
    { class: 'card' },
    element('strong', {}, value),
    element('span', {}, title),
    element('small', {}, note),
  );
}

/** Of a run through the service: what corrections add. */
function attemptCards({ scores }) {
  if (!scores.some((score) => score.attempts)) return [];
  const first = scores.filter((score) => score.correct && score.attempts.length === 1).length / scores.length;
  const mended = scores.filter((score) => score.correct && score.attempts.length > 1).length / scores.length;
  return [card('first attempt', percent(first), ''), card('by corrections', `+${percent(mended)}`, '')];
}

function runSummary(run, at) {
  const share = (holds) => run.scores.filter(holds).length / run.scores.length;
  const readable = run.scores.filter((score) => score.exactMatch !== null);
  const exact =
    readable.length > 0
      ? percent(readable.filter((score) => score.exactMatch).length / readable.length)
      : '–';
  const interval = run.interval ? `95 %: ${percent(run.interval.low)} to ${percent(run.interval.high)}` : '';
  return element(
    'section',
    { class: 'run' },
    element(
      'h2',
      {},
      element('span', { class: `key run-${at}` }),
      runs.length > 1 ? `${'AB'[at]}: ${run.name}` : run.name,
    ),
    element(
      'div',
      { class: 'cards' },
      card('execution accuracy', percent(share((score) => score.correct)), interval),
      ...attemptCards(run),
      card('exact set match', exact, ''),
      card('valid SQL', percent(share((score) => score.validSql)), ''),
      card('executes', percent(share((score) => score.executes)), ''),
      card('questions', String(run.scores.length), ''),
    ),
  );
}

function comparisonText() {
  if (runs.length < 2) return [];
  const count = (pair) =>
    runs[0].scores.filter((score, at) => pairOf(score, runs[1].scores[at]) === pair).length;
  const pairs = `Both right ${count('both')}, only A ${count('only-first')}, only B ${count('only-second')}, both wrong ${count('neither')}.`;
  if (!comparison) return [element('p', { id: 'comparison' }, pairs)];
  const { difference, interval, pValue, significant } = comparison;
  const size = `B less A: ${percent(difference)} (95 %: ${percent(interval.low)} to ${percent(interval.high)}).`;
  const verdict = significant ? 'The difference is real at 5 %' : 'The difference may be chance';
  return [
    element(
      'p',
      { id: 'comparison' },
      `${pairs} ${size} ${verdict} (McNemar's exact test, p = ${pValue.toPrecision(2)}).`,
    ),
  ];
}

function render() {
  const indices = filteredIndices(runs, filters());
  const selected = runs.map((run) => ({ ...run, scores: indices.map((at) => run.scores[at]) }));
  const scores = selected[0].scores;
  const failures = distinct(selected.flatMap((run) => run.scores.map(outcomeOf))).filter(
    (outcome) => outcome !== 'correct',
  );
  place('charts').replaceChildren(
    barChart(
      'Execution accuracy by hardness',
      accuracyGroups(
        selected,
        levels.filter((level) => scores.some((score) => hardnessOf(score) === level)),
        hardnessOf,
      ),
    ),
    barChart(
      'Execution accuracy by database',
      accuracyGroups(selected, distinct(scores.map((score) => score.dbId)), (score) => score.dbId),
    ),
    barChart(
      'Execution accuracy by the number of tables in the gold statement',
      accuracyGroups(selected, distinct(scores.map(tableCountOf)), tableCountOf),
    ),
    barChart('What went wrong', failureGroups(selected, failures, outcomeOf)),
  );
  place('count').textContent = `${indices.length} of ${runs[0].scores.length} questions`;
  place('questions').replaceChildren(...indices.slice(0, shown).map((at) => questionItem(runs, at)));
  place('more').hidden = indices.length <= shown;
}

function renderAll() {
  place('runs').replaceChildren(...runs.map(runSummary), ...comparisonText());
  fillFilters();
  render();
}

async function compareWithFile(file) {
  const lines = (await file.text()).split('\n').filter(Boolean);
  const run = { name: file.name, scores: lines.map((line) => JSON.parse(line)) };
  if (!sameQuestions(runs[0], run)) throw new Error('the file scores other questions');
  comparison = null;
  runs.splice(1, 1, run);
  renderAll();
}

for (const id of ['text', 'database', 'hardness', 'outcome', 'pair']) {
  place(id).addEventListener('input', () => {
    shown = pageLength;
    render();
  });
}
place('more').addEventListener('click', () => {
  shown += pageLength;
  render();
});
place('other').addEventListener('change', (event) => {
  place('problem').textContent = '';
  const [file] = event.target.files;
  if (file)
    compareWithFile(file).catch((error) => (place('problem').textContent = `${file.name}: ${error.message}`));
});
renderAll();
