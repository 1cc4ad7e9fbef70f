import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BuiltPrompt, buildPrompt, promptTokens } from './prompt.js';
import { templateNames } from './template.js';
import { promptInput, table } from './test-support/prompt-input.js';

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const pair = fc.record({ question: text, sql: text });
const names = fc.uniqueArray(fc.stringMatching(/^t[a-z0-9_]{0,6}$/), { minLength: 1, maxLength: 12 });

const inputs = fc
  .record({
    question: text,
    names,
    width: fc.integer({ min: 1, max: 20 }),
    values: fc.array(fc.record({ table: text, column: text, value: text }), { maxLength: 6 }),
    examples: fc.array(pair, { maxLength: 4 }),
    turns: fc.array(pair, { maxLength: 5 }),
    terms: fc.array(fc.record({ term: text, definition: text }), { maxLength: 3 }),
    failed: fc.array(text, { maxLength: 3 }),
  })
  .map(({ question, names: [first = 't', ...others], width, failed, ...rest }) =>
    promptInput(question, {
      ...rest,
      tables: [first, ...others].map((name) => table(name, width)),
      joinPaths: others.map((name) => `${first}.id = ${name}.id`),
      failed: failed.map((sql) => ({
        sql,
        outcome: 'failed',
        error: { class: 'other' as const, message: sql },
      })),
    }),
  );

function cardsIn({ messages }: BuiltPrompt): string[] {
  const whole = messages.map(({ content }) => content).join('\n\n');
  return [...whole.matchAll(/^table (\w+)$/gm)].map(([, name = '']) => name);
}

describe.each(templateNames)('the budget of a prompt by %s', (template) => {
  it('is never passed, whole cards stay, and what was cut is told', () => {
    fc.assert(
      fc.property(inputs, fc.integer({ min: 0, max: 3_000 }), (input, budget) => {
        const whole = buildPrompt(input, template, null);
        let built: BuiltPrompt;
        try {
          built = buildPrompt(input, template, budget);
        } catch (error) {
          expect(error).toMatchObject({ code: 'context_too_long', kind: 'permanent' });
          expect(promptTokens(whole.messages)).toBeGreaterThan(budget);
          return;
        }
        expect(promptTokens(built.messages)).toBeLessThanOrEqual(budget);
        const { cut = {} } = built.facts;
        if (promptTokens(whole.messages) <= budget) expect(built).toEqual(whole);
        else expect(Object.keys(cut)).not.toEqual([]);
        const { tables, turns = [], examples } = input.context;
        const kept = tables.slice(0, tables.length - (cut['tables'] ?? 0));
        expect(cardsIn(built)).toEqual(kept.map(({ name }) => name).sort());
        const all = built.messages.map(({ content }) => content).join('\n\n');
        for (const { card } of kept) expect(all).toContain(card);
        // The order: a table goes only after every example and turn has gone.
        if (cut['tables'] !== undefined)
          expect([cut['examples'] ?? 0, cut['turns'] ?? 0]).toEqual([examples.length, turns.length]);
        for (const [, other] of all.matchAll(/^\w+\.id = (\w+)\.id$/gm))
          expect(kept.map(({ name }) => name)).toContain(other);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the order of cutting', () => {
  const pairs = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ question: `q${at}`, sql: `SELECT ${at}` }));
  const input = promptInput('And then?', {
    tables: ['best', 'second', 'third'].map((name) => table(name, 30)),
    joinPaths: ['best.id = third.id', 'best.id = second.id'],
    examples: pairs(2),
    turns: pairs(3),
    values: [{ table: 'best', column: 'c', value: 'v' }],
  });
  const cuts = (budget: number) => buildPrompt(input, 'chat', budget).facts.cut;
  const whole = promptTokens(buildPrompt(input, 'chat', null).messages);

  it('begins with the example that is least alike', () => {
    const { messages, facts } = buildPrompt(input, 'chat', whole - 1);
    expect(facts.cut).toEqual({ examples: 1 });
    expect(messages[1]?.content).toContain('Question: q0\nSQL: SELECT 0\n\nEarlier turns:');
  });

  it('ends with the lowest ranks, and takes their joins along', () => {
    const least = buildPrompt(input, 'chat', whole - 150);
    expect(least.facts.cut).toEqual({ examples: 2, turns: 3, values: 1, tables: 1 });
    expect(least.messages[1]?.content).not.toContain('third');
  });

  it('goes through the parts one after the other', () => {
    const seen = Array.from({ length: 160 }, (_, at) => JSON.stringify(cuts(whole - at) ?? {}));
    expect([...new Set(seen)]).toMatchSnapshot();
  });
});
