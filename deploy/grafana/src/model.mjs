import { dashboard } from './dashboard.mjs';
import { figure, lines, percentiles, query, rate } from './panels.mjs';

const by = ['instance'];

export const model = dashboard({
  uid: 'nano-model',
  title: 'Nano-Analyst: model',
  description: 'What vLLM says of itself, and what the generators see of their model servers.',
  rows: [
    {
      title: 'Now',
      panels: [
        figure('Breaker', 'short', [query('max by (endpoint) (nano_model_breaker)', '{{endpoint}}')], {
          width: 6,
          steps: [
            { color: 'orange', value: 1 },
            { color: 'red', value: 2 },
          ],
          description: '0 closed, 1 trying, 2 open.',
        }),
        figure(
          'Requests waiting in vLLM',
          'short',
          [query('sum by (instance) (vllm:num_requests_waiting)', '{{instance}}')],
          {
            width: 6,
            steps: [{ color: 'orange', value: 4 }],
          },
        ),
        figure(
          'Key-value cache',
          'percentunit',
          [query('max by (instance) (vllm:kv_cache_usage_perc)', '{{instance}}')],
          {
            width: 6,
            steps: [{ color: 'orange', value: 0.95 }],
          },
        ),
        figure(
          'GPU-seconds a question',
          's',
          [
            query(
              'sum(rate(nano_model_gpu_seconds_total[$__rate_interval])) / sum(rate(nano_queries_accepted_total[$__rate_interval]))',
            ),
          ],
          { width: 6, description: 'By the prices of the catalogue of models; none without prices.' },
        ),
      ],
    },
    {
      title: 'vLLM',
      panels: [
        lines('Requests', 'short', [
          query('sum by (instance) (vllm:num_requests_running)', '{{instance}} running'),
          query('sum by (instance) (vllm:num_requests_waiting)', '{{instance}} waiting'),
        ]),
        lines(
          'Key-value cache in use',
          'percentunit',
          [query('max by (instance) (vllm:kv_cache_usage_perc)', '{{instance}}')],
          { max: 1 },
        ),
        lines(
          'Prefix-cache hits',
          'percentunit',
          [
            query(
              'sum by (instance) (rate(vllm:prefix_cache_hits_total[$__rate_interval])) / sum by (instance) (rate(vllm:prefix_cache_queries_total[$__rate_interval]))',
              '{{instance}}',
            ),
          ],
          { max: 1, description: 'Share of the prompt tokens that were there already.' },
        ),
        lines('Tokens a second', 'short', [
          query('sum by (instance) (rate(vllm:prompt_tokens_total[$__rate_interval]))', '{{instance}} read'),
          query(
            'sum by (instance) (rate(vllm:generation_tokens_total[$__rate_interval]))',
            '{{instance}} written',
          ),
        ]),
        lines('Time to first token', 's', percentiles('vllm:time_to_first_token_seconds', [50, 95], { by })),
        lines('Time of a request', 's', percentiles('vllm:e2e_request_latency_seconds', [50, 95], { by })),
        lines(
          'Wait for a place in the batch',
          's',
          percentiles('vllm:request_queue_time_seconds', [50, 95], { by }),
          { width: 12 },
        ),
        lines('Preemptions', 'reqps', [rate('vllm:num_preemptions_total', by)], {
          width: 12,
          description: 'Requests that were put back because the cache was full.',
        }),
      ],
    },
    {
      title: 'As the generators see it',
      panels: [
        lines(
          'Requests, by outcome',
          'reqps',
          [rate('nano_model_request_duration_seconds_count', ['outcome'])],
          { stack: true },
        ),
        lines(
          'Time of a request',
          's',
          percentiles('nano_model_request_duration_seconds', [50, 95], {
            by: ['model'],
            where: '{outcome="done"}',
          }),
        ),
        lines(
          'Time to first token',
          's',
          percentiles('nano_model_first_token_seconds', [50, 95], { by: ['model'] }),
        ),
        lines('Errors, by code', 'reqps', [rate('nano_model_errors_total', ['endpoint', 'code'])]),
        lines('Requests at a time, and what is allowed', 'short', [
          query('sum by (endpoint) (nano_model_outstanding)', '{{endpoint}}'),
          query('sum by (endpoint) (nano_model_limit)', '{{endpoint}} allowed'),
        ]),
        lines('Breaker', 'short', [query('max by (endpoint) (nano_model_breaker)', '{{endpoint}}')], {
          max: 2,
        }),
        lines('Tokens a second', 'short', [rate('nano_model_tokens_total', ['model', 'kind'])]),
        lines('Tokens a question', 'short', [
          query(
            'sum by (kind) (rate(nano_model_tokens_total[$__rate_interval])) / scalar(sum(rate(nano_queries_accepted_total[$__rate_interval])))',
            '{{kind}}',
          ),
        ]),
        lines('Replies of another model, or without the grammar', 'reqps', [
          rate('nano_model_fallbacks_total', ['reason']),
        ]),
        lines('GPU-seconds a second', 'short', [rate('nano_model_gpu_seconds_total', ['model'])], {
          width: 12,
          description: 'By the prices of the catalogue of models: 1 is one card that does nothing else.',
        }),
        lines(
          'Work of the stage',
          's',
          percentiles('nano_job_duration_seconds', [50, 95], { where: '{queue="generate"}' }),
          { width: 12 },
        ),
      ],
    },
  ],
});
