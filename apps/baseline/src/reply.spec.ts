import { describe, expect, it } from '@jest/globals';
import { buildExplanationPrompt } from '#shared/prompt/explanation';
import { reply } from './reply.js';
import { shopPromptText } from './testing/shop-prompt.js';

const ask = (content: string, n = 1) =>
  reply(
    [
      { role: 'system', content: 'Write SQL.' },
      { role: 'user', content },
    ],
    n,
  );

describe('reply', () => {
  it('fences the SQL', () => {
    expect(ask(shopPromptText('How many customers are there?'))).toEqual([
      '```sql\nSELECT count(*) FROM customers\n```',
    ]);
  });

  it('does not repeat SQL that failed, however it is laid out', () => {
    const question = 'Show the name of each city';
    const [first = ''] = ask(shopPromptText(question));
    const sql = first
      .replaceAll(/```(?:sql)?\n?/g, '')
      .replace('FROM', '\n  from')
      .trim();
    const [second] = ask(shopPromptText(question, { failed: [`${sql};`] }));
    expect(second).toContain('```sql');
    expect(second).not.toBe(first);
  });

  it('gives the SQL of a verified example that asks the same, and of no other', () => {
    const examples = [
      { question: 'Which cities are big?', sql: 'select 1' },
      { question: 'how many customers  are there?', sql: 'select 2' },
    ];
    expect(ask(shopPromptText('How many customers are there?', { examples }))).toEqual([
      '```sql\nselect 2\n```',
    ]);
  });

  it('gives n replies, different while there are readings', () => {
    const replies = ask(shopPromptText('Show the name of each city'), 3);
    expect(replies).toHaveLength(3);
    expect(new Set(replies).size).toBeGreaterThan(1);
  });

  it('says so, without SQL, when it understands nothing', () => {
    for (const text of ['hello', shopPromptText('Hello, nice weather today!')]) {
      expect(ask(text)[0]).toMatch(/rule-based baseline/);
      expect(ask(text)[0]).not.toMatch(/select|```/i);
    }
  });

  it('refuses to explain a statement rather than to invent something', () => {
    const messages = buildExplanationPrompt('How many?', 'SELECT count(*) FROM t', 'sqlite');
    expect(() =>
      reply(
        messages.map((message) => ({ ...message })),
        1,
      ),
    ).toThrow('explains nothing');
  });
});
