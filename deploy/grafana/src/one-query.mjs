import { dashboard } from './dashboard.mjs';
import { heatmap, lines, percentiles, query, rate, text } from './panels.mjs';

const links = `Enter the query's id above. Metrics know no ids: they show below what happened at the time.

- **The query**: \`./nano ask --json\` prints its id; \`GET /v1/queries/\${query}\` has its attempts, candidates, tracebacks and timings,
  \`GET /v1/queries/\${query}/events\` each step with its time.
- **Logs**: every line about it has its id.
  [Loki](/explore?left={"datasource":"loki","queries":[{"refId":"A","expr":"{namespace=\\"nano-analyst\\"} |= \\"\${query}\\""}]}), where there is one;
  \`kubectl -n nano-analyst logs -l app.kubernetes.io/name=nano-analyst --prefix --tail=-1 | grep \${query}\`;
  \`docker compose -f deploy/docker/docker-compose.yml logs | grep \${query}\`.
- **Trace**: where tracing is on, [Tempo](/explore?left={"datasource":"tempo","queries":[{"refId":"A","queryType":"traceql","query":"\${trace}"}]})
  by the trace id of a log line, entered above.`;

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
