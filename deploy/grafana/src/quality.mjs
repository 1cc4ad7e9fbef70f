import { dashboard } from './dashboard.mjs';
import { lines, percentiles, query, rate } from './panels.mjs';

const accepted = 'scalar(sum(rate(nano_queries_accepted_total[$__rate_interval])))';
// Prometheus 3 writes whole bounds as 1.0, earlier ones as 1.
const one = 'le=~"1|1[.]0"';
const none = 'le=~"0|0[.]0"';

export const quality = dashboard({
  uid: 'nano-quality',
  title: 'Nano-Analyst: quality',
  description: 'How often the first SQL is the answer, what is corrected, and what people say.',
  rows: [
    {
      title: 'Answers',
      panels: [
        lines(
          'Answered at the first attempt',
          'percentunit',
          [
            query(
              `sum(rate(nano_query_attempts_bucket{${one}}[$__rate_interval])) / sum(rate(nano_query_attempts_count[$__rate_interval]))`,
              'of those answered',
            ),
          ],
          { max: 1 },
        ),
        lines(
          'No answer, by reason',
          'reqps',
          [
            rate(
              'nano_queries_ended_total',
              ['code'],
              '{code=~"sql_failed|no_sql|not_answerable|no_tables"}',
            ),
          ],
          {
            stack: true,
            description:
              'These are no failures of the service: the question, the data or the model had none.',
          },
        ),
        lines('Asked back', 'reqps', [
          query('sum(rate(nano_clarifications_total[$__rate_interval]))', 'clarifications'),
        ]),
      ],
    },
    {
      title: 'Corrections',
      panels: [
        lines('Corrections a query', 'short', [
          query(
            'sum by (status) (rate(nano_query_corrections_sum[$__rate_interval])) / sum by (status) (rate(nano_query_corrections_count[$__rate_interval]))',
            '{{status}}',
          ),
        ]),
        lines(
          'Answered without a correction',
          'percentunit',
          [
            query(
              `sum(rate(nano_query_corrections_bucket{status="succeeded", ${none}}[$__rate_interval])) / sum(rate(nano_query_corrections_count{status="succeeded"}[$__rate_interval]))`,
              'of those answered',
            ),
          ],
          { max: 1 },
        ),
        lines(
          'What fails, by class',
          'reqps',
          [rate('nano_candidates_total', ['class'], '{outcome!="succeeded"}')],
          { stack: true },
        ),
        lines('Static repairs, by kind', 'reqps', [rate('nano_repairs_total', ['kind'])], { stack: true }),
        lines('Candidates an attempt', 'short', percentiles('nano_attempt_candidates', [50, 95])),
        lines('Votes for the answer', 'percentunit', percentiles('nano_vote_share', [10, 50]), {
          description:
            'Share of the replies with its result, where several were asked for. The lower, the less sure.',
        }),
      ],
    },
    {
      title: 'Verified examples and feedback',
      panels: [
        lines(
          'Answered from a verified example',
          'percentunit',
          [
            query(
              `sum by (kind) (rate(nano_example_answers_total[$__rate_interval])) / ${accepted}`,
              '{{kind}}',
            ),
          ],
          { description: 'Of all questions, without the model.' },
        ),
        lines('Feedback, by verdict', 'reqps', [rate('nano_feedback_total', ['verdict'])], { stack: true }),
        lines('Reviews, by decision', 'reqps', [rate('nano_feedback_reviews_total', ['decision'])], {
          stack: true,
        }),
      ],
    },
    {
      title: 'Contexts',
      panels: [
        lines('Tables', 'short', percentiles('nano_retrieval_tables', [50, 95]), { width: 12 }),
        lines('Estimated tokens of the tables', 'short', percentiles('nano_retrieval_tokens', [50, 95]), {
          width: 12,
        }),
      ],
    },
  ],
});
