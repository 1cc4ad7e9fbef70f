import { z } from 'zod';
import { storedText } from './text.js';

/** Of one datasource. */
export const mostExamples = 10_000;

export const addExampleSchema = z
  .strictObject({
    question: storedText(4_000, 'A question in plain language; the example that has it already is replaced'),
    sql: storedText(20_000, 'The SQL that answers it. It is kept as text and does not run'),
  })
  .meta({ id: 'AddExample' });
export type AddExample = z.infer<typeof addExampleSchema>;

/** A question with SQL that a person approved. */
export const exampleSchema = z
  .object({
    id: z.string(),
    question: z.string(),
    sql: z.string(),
    createdAt: z.iso.datetime(),
    approvedBy: z.string().optional().describe('The caller, where the gateway is told'),
    feedbackId: z.string().optional().describe('The feedback that it was approved from'),
  })
  .meta({ id: 'Example' });
export type Example = z.infer<typeof exampleSchema>;

export const exampleListSchema = z.object({
  examples: z.array(exampleSchema),
  next: z.string().nullable().describe('For `after`, where there are more'),
});
export type ExampleList = z.infer<typeof exampleListSchema>;
