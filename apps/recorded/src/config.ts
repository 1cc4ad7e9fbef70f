import { delimiter } from 'node:path';
import { z } from 'zod';
import { fields, parseEnvironment, type Environment } from '#shared/config/environment';

export const recordedSchema = z.object({
  RECORDED_HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  RECORDED_PORT: fields.port.default(8090).describe('Port of its OpenAI API; 0 takes any free one'),
  RECORDED_QUESTIONS: z
    .string()
    .describe('JSON file of the questions, in the order of the outputs: Spider-style, or with `tables` each'),
  RECORDED_TABLES: z
    .string()
    .optional()
    .describe('Spider-style tables.json: tells apart questions of the same text in different databases'),
  RECORDED_OUTPUTS: z
    .string()
    .transform((list) => list.split(delimiter).filter((file) => file !== ''))
    .refine((files) => files.length > 0, 'expected a file')
    .describe('Files of recorded outputs, one for each sample, separated by colons'),
});
export type RecordedConfig = z.infer<typeof recordedSchema>;

export function readConfig(environment: Environment): RecordedConfig {
  return parseEnvironment(recordedSchema, environment);
}
