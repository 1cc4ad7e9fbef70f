import { z } from 'zod';

export const operatorActions = ['retry', 'discard'] as const;
export const actionOutcomes = ['done', 'refused', 'unknown'] as const;
export type ActionOutcome = (typeof actionOutcomes)[number];

/** What an operator did, or tried to do, to a job. */
export const operatorActionSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    operator: z.string().describe('The name that belongs to the key'),
    address: z.string().describe('Where the request came from, as the gateway sees it'),
    action: z.enum(operatorActions),
    queue: z.string(),
    job: z.string().describe("The job's id"),
    outcome: z
      .enum(actionOutcomes)
      .nullable()
      .describe(
        '`unknown`: the queue did not answer, and may still do it. Null while it is under way, and where the gateway ended before it was done',
      ),
  })
  .meta({ id: 'OperatorAction' });
export type OperatorAction = z.infer<typeof operatorActionSchema>;

export const operatorActionListSchema = z.object({
  actions: z.array(operatorActionSchema),
  next: z.string().nullable().describe('For `before`, where there are older ones'),
});
export type OperatorActionList = z.infer<typeof operatorActionListSchema>;
