import { z } from 'zod';

/** Text that can be stored: PostgreSQL's holds no NUL. The length counts characters, as JSON Schema does, not UTF-16 units. */
export function storedText(most: number, description: string): z.ZodString {
  return z
    .string()
    .trim()
    .min(1)
    .regex(/^[^\0]*$/, 'must not contain NUL')
    .refine((text) => text.length <= most || [...text].length <= most, `has at most ${most} characters`)
    .meta({ maxLength: most, description });
}
