import { z } from 'zod';
import { storedText } from './text.js';

export const verdicts = ['good', 'wrong', 'corrected'] as const;
export const feedbackStatuses = ['open', 'approved', 'rejected'] as const;
export type FeedbackStatus = (typeof feedbackStatuses)[number];

export const addFeedbackSchema = z
  .strictObject({
    verdict: z.enum(verdicts).describe('`corrected` comes with `sql`, the others without'),
    sql: storedText(20_000, 'The SQL that should have been the answer').optional(),
    comment: storedText(2_000, 'What was good or wrong').optional(),
  })
  .refine(({ verdict, sql }) => (verdict === 'corrected') === (sql !== undefined), {
    path: ['sql'],
    message: 'is there where the verdict is `corrected`, and only there',
  })
  .meta({ id: 'AddFeedback' });
export type AddFeedback = z.infer<typeof addFeedbackSchema>;

/** What somebody said of the answer to a query. */
export const feedbackSchema = z
  .object({
    id: z.string(),
    queryId: z.string(),
    datasource: z.string(),
    question: z.string(),
    verdict: z.enum(verdicts),
    sql: z.string().nullable().describe("The corrected SQL, or the answer's; null where there is none"),
    comment: z.string().optional(),
    caller: z.string().optional().describe('Who said it, where the gateway is told'),
    status: z.enum(feedbackStatuses),
    reviewedBy: z.string().optional(),
    reviewedAt: z.iso.datetime().optional(),
    exampleId: z.string().optional().describe('The verified example that its approval made'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Feedback' });
export type Feedback = z.infer<typeof feedbackSchema>;

export const feedbackListSchema = z.object({
  feedback: z.array(feedbackSchema),
  next: z.string().nullable().describe('For `after`, where there is more'),
});
export type FeedbackList = z.infer<typeof feedbackListSchema>;
