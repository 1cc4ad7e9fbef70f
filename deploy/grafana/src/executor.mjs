import { dashboard } from './dashboard.mjs';
import { figure, lines, percentiles, query, rate } from './panels.mjs';

const days = (metric, label) => query(`(min by (${label}) (${metric}) - time()) / 86400`, `{{${label}}}`);

export const executor = dashboard({
  uid: 'nano-executor',
  title: 'Nano-Analyst: executor and safety',
  description: 'What runs on the databases, what is refused, and what had to be stopped.',
  rows: [
    {
      title: 'Safety',
      panels: [
        lines(
          'Refused, by layer and class',
          'reqps',
          [query('nano:sandbox_refusals:rate10m', '{{layer}} {{class}}')],
          { stack: true },
        ),
        lines('Refused by policy', 'percentunit', [
          query(
            'sum(rate(nano_sandbox_refusals_total{class="policy"}[$__rate_interval])) / sum(rate(nano_sandbox_statement_duration_seconds_count[$__rate_interval]))',
            'of all statements',
          ),
        ]),
        lines('Stopped while they ran', 'reqps', [rate('nano_sandbox_kills_total', ['dialect', 'reason'])], {
          stack: true,
        }),
        lines('Checks, by outcome', 'reqps', [rate('nano_checked_statements_total', ['outcome', 'layer'])], {
          stack: true,
        }),
        figure(
          'Certificates run out in days',
          'none',
          [days('nano_certificate_expiry_timestamp_seconds', 'peer')],
          {
            width: 8,
            decimals: 0,
          },
        ),
        figure('API keys end in days', 'none', [days('nano_api_key_expiry_timestamp_seconds', 'key')], {
          width: 4,
          decimals: 0,
        }),
        figure(
          'Redis keeps jobs',
          'none',
          [
            query('min(nano_redis_aof_enabled)', 'append-only file'),
            query('min(nano_redis_noeviction)', 'noeviction'),
            query('max(nano_redis_evicted_keys)', 'evicted keys'),
          ],
          { width: 4 },
        ),
      ],
    },
    {
      title: 'Statements',
      panels: [
        lines('By outcome', 'reqps', [rate('nano_sandbox_statement_duration_seconds_count', ['outcome'])], {
          stack: true,
        }),
        lines(
          'Time, by dialect',
          's',
          percentiles('nano_sandbox_statement_duration_seconds', [50, 95, 99], { by: ['dialect'] }),
        ),
        lines(
          'Candidates that failed, by class',
          'reqps',
          [rate('nano_candidates_total', ['class'], '{outcome!="succeeded"}')],
          {
            stack: true,
          },
        ),
        lines(
          'Processes and connections to the databases',
          'short',
          [
            query(
              'sum by (pool, state) (nano_database_pool_connections{job="executor", pool=~"sqlite|postgres|mysql"})',
              '{{pool}} {{state}}',
            ),
          ],
          { width: 24, description: 'Of one datasource four statements run at a time; more of them wait.' },
        ),
        lines('Rows of a result', 'short', percentiles('nano_result_rows', [50, 95])),
        lines('Bytes of a result', 'bytes', percentiles('nano_result_bytes', [50, 95])),
        lines('Read a second', 'Bps', [query('sum(rate(nano_result_bytes_sum[$__rate_interval]))', 'bytes')]),
      ],
    },
    {
      title: 'Executors',
      panels: [
        lines(
          'Work of the stage',
          's',
          percentiles('nano_job_duration_seconds', [50, 95], { where: '{queue="execute"}' }),
        ),
        lines(
          'Memory',
          'bytes',
          [query('sum by (instance) (process_resident_memory_bytes{job="executor"})', '{{instance}}')],
          {
            description:
              'Of the application alone. The processes that run SQLite have up to 1 GB each beside it.',
          },
        ),
        lines('Processors', 'short', [
          query(
            'sum by (instance) (rate(process_cpu_seconds_total{job="executor"}[$__rate_interval]))',
            '{{instance}}',
          ),
        ]),
      ],
    },
  ],
});
