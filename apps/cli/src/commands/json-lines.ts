import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { describeError } from '#shared/errors/app-error';
import { CliError } from '../cli-error.js';

export interface Line<T> {
  /** From 1. */
  number: number;
  value: T;
}

/**
 * The objects of a file with one JSON object a line; empty lines are passed over.
 * @param fields what each must have, for the message
 * @throws CliError `usage`, which names the line
 */
export async function readLines<T>(file: string, schema: z.ZodType<T>, fields: string): Promise<Line<T>[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError('usage', `${file} cannot be read: ${describeError(error)}`, { cause: error });
  });
  return text.split('\n').flatMap((line, index): Line<T>[] => {
    if (line.trim() === '') return [];
    const parsed = schema.safeParse(parseJson(line));
    if (parsed.success) return [{ number: index + 1, value: parsed.data }];
    throw new CliError('usage', `${file}, line ${index + 1}: expected a JSON object with ${fields}`);
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
