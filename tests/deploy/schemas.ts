import type { z } from 'zod';
import { secretNames } from '#shared/config/secret-files';
import { baselineSchema } from '../../apps/baseline/src/config.js';
import { executorSchema } from '../../apps/executor/src/config.js';
import { gatewaySchema } from '../../apps/gateway/src/config.js';
import { generatorSchema } from '../../apps/generator/src/config.js';
import { retrieverSchema } from '../../apps/retriever/src/config.js';

/** The environment schema of each application that the image can run. */
export const appSchemas: Record<string, z.ZodObject> = {
  gateway: gatewaySchema,
  retriever: retrieverSchema,
  generator: generatorSchema,
  executor: executorSchema,
  baseline: baselineSchema,
};

/** The four that have /readyz and jobs. */
export const stageApps = ['gateway', 'retriever', 'generator', 'executor'] as const;

/** Whether a schema reads the variable, by itself or out of a file. */
export function isRead({ shape }: z.ZodObject, variable: string): boolean {
  const inFile = secretNames.find((name) => variable === `${name}_FILE`);
  return variable in shape || (inFile !== undefined && inFile in shape);
}

/** The names that a schema cannot do without. */
export function required({ shape }: z.ZodObject): string[] {
  return Object.keys(shape).filter((name) => !(shape[name] as z.ZodType).safeParse(undefined).success);
}
