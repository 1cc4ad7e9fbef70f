import type { Prompt } from '../prompt/parse-prompt.js';
import { parsePrompt } from '../prompt/parse-prompt.js';

const tables = `table customers (300 rows)
  id INTEGER primary key
  name TEXT -- values: 'Ada Lovelace', 'Alan Turing'
  age INTEGER
  city_id INTEGER references cities(id)

table cities (20 rows)
  id INTEGER primary key
  name TEXT
  country TEXT -- values: 'France', 'Spain'
  population INTEGER

table orders (4000 rows)
  id INTEGER primary key
  customer_id INTEGER references customers(id)
  order_date DATE
  status TEXT -- values: 'open', 'paid', 'sent'
  total_price REAL

table messages (50 rows)
  id INTEGER primary key
  sender_id INTEGER references customers(id)
  recipient_id INTEGER references customers(id)
  "group" TEXT`;

interface Extra {
  dialect?: string;
  values?: string[];
  examples?: { question: string; sql: string }[];
  turns?: { question: string; sql: string }[];
  failed?: string[];
}

/** A prompt over a small shop, as the generator would send it. */
export function shopPromptText(question: string, extra: Extra = {}): string {
  const { dialect = 'SQLite', values = [], examples = [], turns = [], failed = [] } = extra;
  return [
    `Dialect: ${dialect}`,
    `Tables:\n${tables}`,
    ...(values.length > 0 ? [`Values:\n${values.join('\n')}`] : []),
    ...(examples.length > 0
      ? [`Examples:\n${examples.map(({ question, sql }) => `Question: ${question}\nSQL: ${sql}`).join('\n')}`]
      : []),
    ...(turns.length > 0
      ? [
          `Earlier turns:\n${turns.map(({ question, sql }) => `Question: ${question}\nSQL: ${sql}`).join('\n')}`,
        ]
      : []),
    ...(failed.length > 0
      ? [`Failed attempts:\n${failed.map((sql) => `SQL: ${sql}\nError (other): no`).join('\n\n')}`]
      : []),
    `Question: ${question}`,
  ].join('\n\n');
}

export function shopPrompt(question: string, extra: Extra = {}): Prompt {
  const prompt = parsePrompt(shopPromptText(question, extra));
  if (!prompt) throw new Error('the shop prompt does not parse');
  return prompt;
}
