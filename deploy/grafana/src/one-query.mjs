import { dashboard } from './dashboard.mjs';
import { heatmap, lines, percentiles, query, rate, text } from './panels.mjs';

/** A link into Explore; what the page's variables hold is put in by Grafana. */
const explore = (name, query) => {
  const state = encodeURIComponent(JSON.stringify({ datasource: name, queries: [{ refId: 'A', ...query }] }));
  return `/explore?left=${state.replace(/%24%7B(\w+)%7D/g, '$${$1}')}`;
};
const logs = explore('loki', { expr: '{namespace="nano-analyst"} |= `${query}`' });
const trace = explore('tempo', { queryType: 'traceql', query: '${trace}' });

const links = `Enter the query's id above. Metrics know no ids: they show below what happened at the time.

- **The query**: \`GET /v1/queries/\${query}\` has its attempts, candidates, tracebacks and timings, \`GET /v1/queries/\${query}/events\` each
  step with its time.
- **Logs** of it have its id: [Loki](${logs}), where there is one;
  \`kubectl -n nano-analyst logs -l app.kubernetes.io/name=nano-analyst --prefix --tail=-1 | grep \${query}\`;
  \`docker compose -f deploy/docker/docker-compose.yml logs | grep \${query}\`.
- **Trace**, where tracing is on: [Tempo](${trace}) by the trace id, entered above.`;

const textbox = (name, label) => ({
  name,
  label,
  type: 'textbox',
  query: '',
  current: { text: '', value: '' },
});

export const oneQuery = dashboard({
  uid: 'nano-query',
  title: 'Nano-Analyst: one query',
  description: 'Where to read what became of one query, and what the service was like meanwhile.',
  variables: [textbox('query', 'Query id'), textbox('trace', 'Trace id')],
  rows: [
    { title: 'The query', panels: [text('Where to look', links)] },
    {
      title: 'Meanwhile: is it like the others?',
      panels: [
        heatmap(
          'Time of queries from end to end',
          's',
          'sum by (le) (increase(nano_query_duration_seconds_bucket[$__rate_interval]))',
        ),
        lines(
          'Ended, by status and code',
          'reqps',
          [query('nano:queries_ended:rate5m', '{{status}} {{code}}')],
          { width: 12, stack: true },
        ),
        lines(
          'Wait for a worker',
          's',
          percentiles('nano_job_wait_seconds', [50, 95], {
            by: ['queue'],
            where: '{queue=~"retrieve|generate|execute"}',
          }),
          { width: 12 },
        ),
        lines(
          'Work',
          's',
          percentiles('nano_job_duration_seconds', [50, 95], {
            by: ['queue'],
            where: '{queue=~"retrieve|generate|execute"}',
          }),
          { width: 12 },
        ),
      ],
    },
    {
      title: 'Meanwhile: what went wrong?',
      panels: [
        lines('Jobs tried again, postponed and ended', 'reqps', [
          rate('nano_job_duration_seconds_count', ['queue', 'outcome'], '{outcome!="done"}'),
        ]),
        lines('Model servers: errors and breaker', 'short', [
          rate('nano_model_errors_total', ['endpoint', 'code']),
          query('max by (endpoint) (nano_model_breaker)', '{{endpoint}} breaker'),
        ]),
        lines('Reconciler', 'reqps', [rate('nano_reconciler_actions_total', ['action'])]),
      ],
    },
  ],
});
