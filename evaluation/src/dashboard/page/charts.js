import { drawn, element, percent } from './dom.js';

const labelWidth = 190;
const barWidth = 320;
const barHeight = 14;
const chartWidth = labelWidth + barWidth + 130;

/**
 * Bars from 0 to 1, one a run in each group: `groups` is a list of { label, values: [{ share, note }] }.
 * A share of null leaves the bar out.
 */
export function barChart(title, groups) {
  const groupHeight = (group) => group.values.length * (barHeight + 2) + 8;
  const height = groups.reduce((sum, group) => sum + groupHeight(group), 0);
  const chart = drawn('svg', { viewBox: `0 0 ${chartWidth} ${height}`, role: 'img', 'aria-label': title });
  let top = 4;
  for (const group of groups) {
    const middle = top + (groupHeight(group) - 8) / 2 + 4;
    chart.append(drawn('text', { x: labelWidth - 8, y: middle, 'text-anchor': 'end' }, group.label));
    group.values.forEach((value, run) => chart.append(...bar(value, run, top + run * (barHeight + 2))));
    top += groupHeight(group);
  }
  return element('figure', {}, element('figcaption', {}, title), chart);
}

function bar({ share, note }, run, y) {
  if (share === null) return [];
  const length = Math.max(1, share * barWidth);
  const text = { x: labelWidth + length + 6, y: y + barHeight - 3 };
  return [
    drawn('rect', { x: labelWidth, y, width: length, height: barHeight, rx: 2, class: `run-${run}` }),
    drawn('text', text, `${percent(share)} ${note}`),
  ];
}

/** Share of what is correct in each group of the scores, by run. */
export function accuracyGroups(runs, labels, labelOf) {
  return labels.map((label) => ({
    label,
    values: runs.map(({ scores }) => {
      const members = scores.filter((score) => labelOf(score) === label);
      const correct = members.filter((score) => score.correct).length;
      return { share: members.length > 0 ? correct / members.length : null, note: `of ${members.length}` };
    }),
  }));
}

/** Share of all scores that failed in each way, by run. */
export function failureGroups(runs, labels, labelOf) {
  return labels.map((label) => ({
    label,
    values: runs.map(({ scores }) => {
      const count = scores.filter((score) => labelOf(score) === label).length;
      return { share: scores.length > 0 ? count / scores.length : null, note: `(${count})` };
    }),
  }));
}
