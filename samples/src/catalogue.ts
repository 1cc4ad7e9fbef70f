import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { cellSchema } from '#shared/contracts/query';

export const sampleNames = ['shop', 'company', 'flights'] as const;
export type SampleName = (typeof sampleNames)[number];

/** The datasource that questions go to when none is named. */
export const defaultSample: SampleName = 'shop';

const sampleQuestionSchema = z.strictObject({
  question: z.string().min(1),
  /** SQL that answers it; others may do so too. */
  sql: z.string().min(1),
  columns: z.array(z.string()).min(1),
  /** The rows expected, whatever the names of their columns. */
  rows: z.array(z.array(cellSchema)).min(1).max(20),
  /** Whether the question asks for the rows in this order. */
  ordered: z.boolean(),
});
export type SampleQuestion = z.infer<typeof sampleQuestionSchema>;

export interface Sample {
  /** Name of the datasource. */
  name: SampleName;
  /** Name of its SQLite file. */
  file: string;
  title: string;
  description: string;
  /** From easy to hard. */
  questions: SampleQuestion[];
}

export const samples: readonly Sample[] = [
  sample(
    'shop',
    'Shop',
    'An online shop for the home: customers, products, orders, payments, returns and reviews.',
  ),
  sample(
    'company',
    'Company',
    'A company of 400 people: departments, positions, salaries, projects, time off and expenses.',
  ),
  sample(
    'flights',
    'Flights',
    'Fourteen invented airlines: airports, aircraft, routes, flights with delays, and bookings.',
  ),
];

function sample(name: SampleName, title: string, description: string): Sample {
  return { name, file: `${name}.sqlite`, title, description, questions: questionsOf(name) };
}

function questionsOf(name: SampleName): SampleQuestion[] {
  const file = new URL(`../questions/${name}.json`, import.meta.url);
  return z.array(sampleQuestionSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
}
