import { z } from 'zod';

const environmentSchema = z.object({
  BASELINE_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes any free port. */
  BASELINE_PORT: z.coerce.number().int().min(0).max(65_535).default(8089),
});

export interface BaselineConfig {
  host: string;
  port: number;
}

export function readConfig(environment: Record<string, string | undefined>): BaselineConfig {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success)
    throw new Error(`the baseline model's configuration is wrong:\n${z.prettifyError(parsed.error)}`);
  return { host: parsed.data.BASELINE_HOST, port: parsed.data.BASELINE_PORT };
}
