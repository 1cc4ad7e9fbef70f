import { describe, expect, it } from '@jest/globals';
import { tokenise } from '../language/tokenise.js';
import { buildSchema } from '../schema/model.js';
import { shopPrompt } from '../testing/shop-prompt.js';
import { findMentions } from './find-mentions.js';
import { splitQuotedNames } from './split-names.js';
import { variantsOf } from './variants.js';
import { weighMentions } from './weigh-mentions.js';

function link(question: string, values: string[] = []) {
  const prompt = shopPrompt(question, { values });
  const schema = buildSchema(prompt);
  const tokens = tokenise(question);
  const mentions = findMentions(tokens, schema, prompt.values);
  weighMentions(mentions, tokens, schema);
  return mentions;
}

const described = (question: string, values: string[] = []) =>
  link(question, values).map(({ kind, tables, columns, values, text }) => {
    const column = kind === 'V' ? values[0]?.column : columns[0]?.column;
    return kind === 'T'
      ? `T ${tables[0]?.table.name}`
      : `${kind} ${column ? `${column.table.name}.${column.name}` : text}`;
  });

describe('linking', () => {
  it('gives a column to the table beside it', () => {
    expect(described('names of cities')).toEqual(['C cities.name', 'T cities']);
    expect(described('customer names and the cities')).toEqual(['C customers.name', 'T cities']);
  });

  it('finds cells among samples and values, whatever their case', () => {
    expect(described('orders sent to berlin', ["cities.name = 'Berlin'"])).toEqual([
      'T orders',
      'V orders.status',
      'V cities.name',
    ]);
  });

  it('does not take the words of a sorting phrase for a table', () => {
    expect(described('in descending order of age')).toEqual(['C customers.age']);
  });

  it('knows common words of other databases by synonym', () => {
    expect(described('how many clients are there')).toEqual(['T customers']);
  });

  it('offers each other meaning once, likeliest first', () => {
    const variants = variantsOf(link('the name'));
    expect(variants.length).toBeGreaterThan(0);
    expect(variants.map(({ cost }) => cost)).toEqual(variants.map(({ cost }) => cost).sort((a, b) => a - b));
  });
});

describe('splitQuotedNames', () => {
  const cells = ['Ada', 'Lovelace'].map((value) => ({ table: 'customers', column: 'name', value }));

  it('splits what is known in parts only', () => {
    const texts = (question: string) => splitQuotedNames(tokenise(question), cells).map(({ text }) => text);
    expect(texts('"Ada Lovelace"')).toEqual(['Ada', 'Lovelace']);
    expect(texts('"Ada Byron"')).toEqual(['Ada Byron']);
  });
});
