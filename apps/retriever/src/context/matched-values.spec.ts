import { describe, expect, it } from '@jest/globals';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { matchedValues, phrasesOf } from './matched-values.js';

const city: TableSnapshot = {
  name: 'city',
  kind: 'table',
  primaryKey: [],
  foreignKeys: [],
  columns: [
    { name: 'name', type: 'TEXT', nullable: true, sampleValues: ['New York', 'York', 'Ork', 'Zürich'] },
  ],
};

describe('matched values', () => {
  it('finds whole words in any case and gives the spelling of the database', () => {
    const values = matchedValues('who lives in new york or ZÜRICH?', [phrasesOf(city)]);
    expect(values.map((match) => match.value)).toEqual(['New York', 'Zürich', 'York']);
  });
});
