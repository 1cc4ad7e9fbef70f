const columns = 24;

const datasourceVariable = {
  name: 'datasource',
  label: 'Prometheus',
  type: 'datasource',
  query: 'prometheus',
  current: {},
};

/** A dashboard of rows, each a title and its panels, which are laid out from left to right. */
export function dashboard({ uid, title, description, rows, variables = [] }) {
  return {
    uid,
    title,
    description,
    tags: ['nano-analyst'],
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    schemaVersion: 41,
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    links: [
      {
        type: 'dashboards',
        tags: ['nano-analyst'],
        title: 'Nano-Analyst',
        asDropdown: true,
        includeVars: false,
        keepTime: true,
      },
    ],
    templating: { list: [datasourceVariable, ...variables] },
    annotations: { list: [] },
    panels: laidOut(rows),
  };
}

function laidOut(rows) {
  const panels = [];
  let y = 0;
  for (const { title, panels: own } of rows) {
    const row = { type: 'row', title, collapsed: false, panels: [], gridPos: { x: 0, y, w: columns, h: 1 } };
    panels.push({ ...row, id: panels.length + 1 });
    y += 1;
    let x = 0;
    let tallest = 0;
    for (const { width, height, ...panel } of own) {
      if (x + width > columns) {
        y += tallest;
        x = tallest = 0;
      }
      panels.push({ ...panel, id: panels.length + 1, gridPos: { x, y, w: width, h: height } });
      x += width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
  return panels;
}
