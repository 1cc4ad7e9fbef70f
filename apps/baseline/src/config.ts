import { z } from 'zod';

export const baselineSchema = z.object({
  BASELINE_HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  BASELINE_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8089)
    .describe('Port of its OpenAI API; 0 takes any free one'),
});

export interface BaselineConfig {
  host: string;
  port: number;
}

export function readConfig(environment: Record<string, string | undefined>): BaselineConfig {
  const parsed = baselineSchema.safeParse(environment);
  if (!parsed.success)
    throw new Error(`the baseline model's configuration is wrong:\n${z.prettifyError(parsed.error)}`);
  return { host: parsed.data.BASELINE_HOST, port: parsed.data.BASELINE_PORT };
}
