import { z } from 'zod';
import { storedText } from './text.js';

const mostTables = 10_000;
const mostColumns = 10_000;
const mostTerms = 5_000;

/** Names are compared as they are: they keep their spaces. */
const name = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\0]*$/, 'must not contain NUL');

const about = {
  description: storedText(2_000, 'What it holds').optional(),
  synonyms: z.array(storedText(200, 'Another word for it')).max(50).optional(),
};

export const describedColumnSchema = z.strictObject(about);

export const describedTableSchema = z.strictObject({
  ...about,
  columns: atMost(mostColumns, z.record(name, describedColumnSchema)).optional(),
});

/** What people say of a datasource's tables and columns, and the words of their business. */
export const descriptionsSchema = z
  .strictObject({
    tables: atMost(mostTables, z.record(name, describedTableSchema))
      .optional()
      .describe('By the name of the table as the snapshot has it, upper and lower case alike'),
    terms: atMost(mostTerms, z.record(name, storedText(2_000, 'What the term means')))
      .optional()
      .describe('Words of the business with what they mean'),
  })
  .meta({ id: 'Descriptions' });
export type Descriptions = z.infer<typeof descriptionsSchema>;

export const describedDatasourceSchema = z.object({
  descriptions: descriptionsSchema,
  warnings: z
    .array(z.string())
    .describe('Names that match nothing in the schema snapshot in use, with the nearest one that is there'),
});
export type DescribedDatasource = z.infer<typeof describedDatasourceSchema>;

function atMost<T extends z.ZodRecord>(most: number, record: T): T {
  return record.refine((entries) => Object.keys(entries).length <= most, `has at most ${most} entries`);
}
