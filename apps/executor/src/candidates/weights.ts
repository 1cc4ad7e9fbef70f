import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigurationError } from '#shared/config/environment';
import { type FeatureName, featureNames } from './features.js';

/** What each feature counts for: a candidate's score is the sum of its features by their weights. */
export const weightsSchema = z.strictObject({
  version: z.literal(1),
  /** From what they were fitted, and by which command. */
  source: z.string(),
  features: z.strictObject(
    Object.fromEntries(featureNames.map((name) => [name, z.number()])) as Record<FeatureName, z.ZodNumber>,
  ),
  /** Log odds that a reply is right, by its place among the replies, where each place has a source of its own. */
  priors: z.array(z.number()).default([]),
});
export type Weights = z.infer<typeof weightsSchema>;

const own = new URL('./default-weights.json', import.meta.url);

/** @throws ConfigurationError where the file is none of weights */
export function readWeights(file: string | URL = own): Weights {
  try {
    return weightsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ConfigurationError(`EXECUTOR_CHOICE_WEIGHTS: ${String(file)} holds no weights: ${reason}`);
  }
}
