import { dashboard } from './dashboard.mjs';
import { figure, lines, percentiles, query, rate } from './panels.mjs';

const share = (part, whole) => `sum(rate(${part}[$__rate_interval])) / sum(rate(${whole}[$__rate_interval]))`;

export const overview = dashboard({
  uid: 'nano-overview',
  title: 'Nano-Analyst: overview',
  description: 'Throughput, success, latency from end to end and by stage, backlog and saturation.',
  rows: [
    {
      title: 'Now',
      panels: [
        figure(
          'Questions a minute',
          'short',
          [query('sum(rate(nano_queries_accepted_total[$__rate_interval])) * 60')],
          {
            decimals: 1,
          },
        ),
        figure(
          'Answered',
          'percentunit',
          [
            query(
              share(
                'nano_queries_ended_total{status="succeeded"}',
                'nano_queries_ended_total{status!="cancelled"}',
              ),
            ),
          ],
          { description: 'Of the queries that ended and were not cancelled.' },
        ),
        figure(
          'Failed by the service, last hour',
          'percentunit',
          [query('nano:service_failures:ratio_rate1h')],
          {
            steps: [
              { color: 'orange', value: 0.01 },
              { color: 'red', value: 0.144 },
            ],
            description: 'The objective is 1 %. SQL that fails and questions without an answer do not count.',
          },
        ),
        figure('p95, end to end', 's', [query('nano:query_duration_seconds:p95_5m')]),
        figure('Open queries', 'short', [
          query('max(nano_queries_open)', 'open'),
          query('max(nano_queries_open_limit)', 'limit'),
        ]),
        figure(
          'Alerts',
          'short',
          [query('count(ALERTS{alertname=~"Nano.*", alertstate="firing"}) or vector(0)')],
          {
            steps: [{ color: 'red', value: 1 }],
          },
        ),
      ],
    },
    {
      title: 'Throughput and success',
      panels: [
        lines('Accepted and refused', 'reqps', [
          query('sum(rate(nano_queries_accepted_total[$__rate_interval]))', 'accepted'),
          query('sum(rate(nano_queries_refused_total[$__rate_interval]))', 'refused (429)'),
        ]),
        lines('Ended, by status', 'reqps', [rate('nano_queries_ended_total', ['status'])], { stack: true }),
        lines('Failed, by code', 'reqps', [rate('nano_queries_ended_total', ['code'], '{status="failed"}')], {
          stack: true,
        }),
      ],
    },
    {
      title: 'Latency',
      panels: [
        lines('End to end', 's', [
          query('nano:query_duration_seconds:p50_5m', 'p50'),
          query('nano:query_duration_seconds:p95_5m', 'p95'),
          query('nano:query_duration_seconds:p99_5m', 'p99'),
        ]),
        lines('Wait for a worker, p95', 's', [query('nano:job_wait_seconds:p95_5m', '{{queue}}')]),
        lines('Work, p95', 's', [query('nano:job_duration_seconds:p95_5m', '{{queue}}')]),
        lines(
          'HTTP, p95',
          's',
          percentiles('nano_http_request_duration_seconds', [95], { by: ['method', 'route'] }),
          {
            width: 12,
            description: 'Requests with `Prefer: wait` last as long as their answer takes.',
          },
        ),
        lines('HTTP, by status', 'reqps', [rate('nano_http_request_duration_seconds_count', ['status'])], {
          stack: true,
          width: 12,
        }),
      ],
    },
    {
      title: 'Backlog',
      panels: [
        lines('Waiting jobs', 'short', [query('nano:queue_jobs:max{state="waiting"}', '{{queue}}')], {
          width: 6,
        }),
        lines('Jobs in hand', 'short', [query('nano:queue_jobs:max{state="active"}', '{{queue}}')], {
          width: 6,
        }),
        lines('Age of the oldest job', 's', [query('nano:queue_oldest_job_seconds:max', '{{queue}}')], {
          width: 6,
        }),
        lines('Delayed jobs', 'short', [query('nano:queue_jobs:max{state="delayed"}', '{{queue}}')], {
          width: 6,
          description: 'They are tried again later, after a failure of infrastructure.',
        }),
        lines('Dead letters', 'short', [query('nano:queue_jobs:max{state="failed"}', '{{queue}}')], {
          width: 8,
        }),
        lines('Set aside, by code', 'reqps', [rate('nano_dead_letters_total', ['queue', 'code'])], {
          width: 8,
        }),
        lines('Reconciler', 'reqps', [rate('nano_reconciler_actions_total', ['action'])], { width: 8 }),
      ],
    },
    {
      title: 'Saturation',
      panels: [
        lines('Model servers: requests of what they are given', 'percentunit', [
          query('nano:model_saturation:ratio', '{{endpoint}}'),
        ]),
        lines('Processors', 'short', [
          query(
            'sum by (job) (rate(process_cpu_seconds_total{job=~"gateway|retriever|generator|executor"}[$__rate_interval]))',
            '{{job}}',
          ),
        ]),
        lines('Memory', 'bytes', [
          query(
            'sum by (job) (process_resident_memory_bytes{job=~"gateway|retriever|generator|executor"})',
            '{{job}}',
          ),
        ]),
        lines('Event loop, p99 of its lag', 's', [
          query(
            'max by (job) (nodejs_eventloop_lag_p99_seconds{job=~"gateway|retriever|generator|executor"})',
            '{{job}}',
          ),
        ]),
        lines('Database pools: connections in use', 'percentunit', [
          query(
            'max by (job, pool) (sum without (state) (nano_database_pool_connections{state="busy"}) / nano_database_pool_limit)',
            '{{job}} {{pool}}',
          ),
          query(
            'sum by (job, pool) (nano_database_pool_connections{pool=~"state|queue", state="waiting"})',
            '{{job}} {{pool}} waiting',
          ),
        ]),
        lines('Redis', 'bytes', [
          query('max(nano_redis_memory_bytes)', 'used'),
          query('max(nano_redis_memory_limit_bytes)', 'limit (0 is none)'),
        ]),
      ],
    },
  ],
});
