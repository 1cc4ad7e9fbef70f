import { describe, expect, it } from '@jest/globals';
import { markQuestion } from '#shared/model-server/marked-question';
import { RecordedModel } from './recorded-model.js';

const tables = (...names: string[]) => new Set(names);
const model = new RecordedModel([
  {
    question: 'How many?',
    tables: tables('pet', 'owner'),
    samples: [['A0'], ['B0', 'B0 again', 'B0 at last']],
  },
  { question: 'How many?', tables: tables('singer'), samples: [['A1'], ['B1']] },
  { question: 'How many?', tables: tables('singer'), samples: [['A2'], ['B2']] },
  { question: 'Question: whose?', tables: tables('pet', 'Odd Name'), samples: [['A3'], ['']] },
]);

function ask(question: string, cards: string[], n = 1, failed: string[] = [], first = 0): string[] {
  const attempts = failed.map((sql) => `SQL: ${sql}\nError (other): no`).join('\n');
  const content = [
    'Dialect: SQLite',
    `Tables:\n${cards.map((name) => `table ${name} -- (3 rows)\n  id INTEGER`).join('\n\n')}`,
    'Examples:\nQuestion: How many?\nSQL: SELECT 1',
    ...(failed.length > 0 ? [`Failed attempts:\n${attempts}`] : []),
    `Question: ${question}`,
  ].join('\n\n');
  return model.reply([{ role: 'user', content }], n, first);
}

describe('RecordedModel', () => {
  it('tells the same words in different databases apart by the tables of the context', () => {
    expect(ask('How many?', ['Pet'])).toEqual(['A0']);
    expect(ask('How many?', ['singer'])).toEqual(['A1']);
  });

  it('tells the same words in one database apart by the place that the question carries', () => {
    expect([1, 2].map((index) => ask(markQuestion('How many?', index), ['singer'])[0])).toEqual(['A1', 'A2']);
  });

  it('knows no question whose place belongs to another one', () => {
    expect(() => ask(markQuestion('How many?', 3), ['pet'])).toThrow(/How many\?/);
    expect(() => ask('Unheard of', ['pet'])).toThrow(/no output is recorded/);
  });

  it('takes sample n from file n, and begins again past the last one', () => {
    expect(ask('How many?', ['owner'], 3)).toEqual(['A0', 'B0', 'A0']);
    expect(ask('How many?', ['owner'], 2, [], 1)).toEqual(['B0', 'A0']);
  });

  it('goes on to the next recorded attempt when one has failed, and stays with the last', () => {
    expect(ask('How many?', ['pet'], 2, ['B0;'])).toEqual(['A0', 'B0 again']);
    expect(ask('How many?', ['pet'], 2, ['B0', 'B0  again'])).toEqual(['A0', 'B0 at last']);
    expect(ask('How many?', ['pet'], 2, ['A0', 'B0', 'B0 again', 'B0 at last'])).toEqual([
      'A0',
      'B0 at last',
    ]);
  });

  it('reads quoted table names, and questions that look like a label', () => {
    expect(ask('Question: whose?', ['"Odd Name"'], 2)).toEqual(['A3', '']);
  });
});
