/** The parts that the dashboards are made of, as Grafana's JSON has them. */
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** One expression with the name of its lines. */
export const query = (expr, legendFormat = '__auto') => ({ expr, legendFormat });

/** Lines over time. `stack` puts them on each other; `max` is where the axis ends. */
export function lines(title, unit, queries, { stack = false, max, width = 8, description } = {}) {
  return {
    type: 'timeseries',
    title,
    description,
    width,
    height: 8,
    datasource,
    targets: targetsOf(queries),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        max,
        custom: {
          fillOpacity: stack ? 30 : 5,
          stacking: { mode: stack ? 'normal' : 'none' },
          showPoints: 'never',
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** The last value of each line. `steps` are colours from a value on. */
export function figure(title, unit, queries, { steps = [], width = 4, description, decimals } = {}) {
  return {
    type: 'stat',
    title,
    description,
    width,
    height: 4,
    datasource,
    targets: targetsOf(queries),
    fieldConfig: {
      defaults: {
        unit,
        decimals,
        thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, ...steps] },
      },
      overrides: [],
    },
    options: { reduceOptions: { calcs: ['lastNotNull'] }, graphMode: 'area', textMode: 'value_and_name' },
  };
}

/** A histogram over time; the expression is one increase for each `le`. */
export function heatmap(title, unit, expr, { width = 12, description } = {}) {
  return {
    type: 'heatmap',
    title,
    description,
    width,
    height: 8,
    datasource,
    targets: [{ ...targetsOf([query(expr, '{{le}}')])[0], format: 'heatmap' }],
    fieldConfig: { defaults: {}, overrides: [] },
    options: { calculate: false, yAxis: { unit }, color: { scheme: 'Oranges', mode: 'scheme' } },
  };
}

export function text(title, content, { width = 24, height = 8 } = {}) {
  return { type: 'text', title, width, height, options: { mode: 'markdown', content } };
}

function targetsOf(queries) {
  return queries.map((each, index) => ({ ...each, refId: String.fromCharCode(65 + index), datasource }));
}

/** Percentiles of a histogram, one line each, or one for every value of a label. */
export function percentiles(metric, ranks, { by = [], where = '' } = {}) {
  return ranks.map((rank) =>
    query(
      `histogram_quantile(${rank / 100}, sum by (${['le', ...by].join(', ')}) (rate(${metric}_bucket${where}[$__rate_interval])))`,
      [`p${rank}`, ...by.map((label) => `{{${label}}}`)].join(' '),
    ),
  );
}

/** The sum of the rates of a counter, a second, for every value of the labels. */
export function rate(metric, by = [], where = '') {
  const grouped = by.length > 0 ? `sum by (${by.join(', ')})` : 'sum';
  return query(
    `${grouped} (rate(${metric}${where}[$__rate_interval]))`,
    by.length > 0 ? by.map((label) => `{{${label}}}`).join(' ') : '__auto',
  );
}
