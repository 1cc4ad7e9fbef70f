import { expect, it } from '@jest/globals';
import { cardsNeeded } from '../../bench/t4/cards-needed.js';
import { t4 } from '../../bench/t4/speed.js';
import { codeRows, readDocument, section } from './markdown.js';

const document = readDocument('docs/capacity.md');
const numberOf = (cell: string) => Number(cell.replaceAll(',', ''));

it('has the figures of the formula', () => {
  const defaults = new Map(codeRows(document.text).map(([name, value = '']) => [name, numberOf(value)]));
  const of = (option: string) => defaults.get(option) ?? NaN;
  expect([of('--prefill'), of('--decode'), of('--batch-growth')]).toEqual(Object.values(t4));
  const rows = section(document, 'For 60 questions a minute')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, , prompt = '']) => /^[\d,]+$/.test(prompt));
  expect(rows.length).toBeGreaterThan(3);
  for (const [, , prompt = '', cached = '', ...figures] of rows) {
    const demand = {
      ...{ perMinute: 60, prompt: numberOf(prompt), cached: numberOf(cached), reply: of('--reply') },
      ...{ attempts: of('--attempts'), utilisation: of('--utilisation') },
    };
    const expected = [of('--batch'), 8].flatMap((batch) => {
      const { seconds, perMinuteAndCard, cards } = cardsNeeded(t4, { ...demand, batch });
      return [seconds.toFixed(2), perMinuteAndCard.toFixed(1), String(cards)];
    });
    expect(figures.slice(0, 6)).toEqual(expected);
  }
});

it('rests on tokens that were measured', () => {
  const measured = section(readDocument('docs/evaluation.md'), 'Tokens of a prompt');
  for (const tokens of ['738', '1,207', '1,323', '2,082']) expect(measured).toContain(`${tokens} |`);
  expect(measured).toContain('292 tokens');
});
