import { describe, expect, it } from '@jest/globals';
import type { QueryView } from '#shared/contracts/query';
import { printAnswer } from './answer.js';
import type { Output } from './terminal.js';

function printed(query: Partial<QueryView>): string {
  const lines: string[] = [];
  const output: Output = {
    isTerminal: false,
    line: (text = '') => void lines.push(text),
    style: (_, text) => text,
  };
  printAnswer(
    {
      id: 'q',
      status: 'succeeded',
      datasource: 'shop',
      question: 'how many?',
      sql: 'SELECT 1',
      columns: [],
      rows: [],
      truncated: null,
      attempts: [],
      tables: [],
      timings: { retrieve: 0, generate: 0, execute: 0, waited: 0, total: 12.4 },
      createdAt: '2026-01-01T00:00:00.000Z',
      finishedAt: null,
      ...query,
    },
    output,
  );
  return lines.join('\n');
}

const columns = [
  { name: 'name', type: 'TEXT' },
  { name: 'n', type: 'INTEGER' },
];

describe('an answer on the terminal', () => {
  it('shows SQL, rows and how long it took', () => {
    const text = printed({
      columns,
      rows: [
        ['Ada', 3],
        [null, 12],
      ],
    });
    expect(text).toMatch(/SELECT 1/u);
    expect(text).toMatch(/│ Ada\s+│\s+3 │/u);
    expect(text).toMatch(/│ null │\s+12 │/u);
    expect(text).toMatch(/2 rows, 12 ms/u);
  });

  it('tells what was changed of the model’s text', () => {
    const repairs = [
      { kind: 'spelling' as const, from: 'pet_type', to: 'PetType' },
      { kind: 'join' as const, from: '', to: 'JOIN pets ON a.id = pets.id' },
    ];
    const candidates = [{ sql: 'SELECT 1', outcome: 'succeeded' as const, repairs }];
    const attempt = {
      ...{ number: 1, model: 'm', candidates, promptTokens: null, completionTokens: null },
      generateMs: 1,
      executeMs: 1,
    };
    const text = printed({ attempts: [attempt] });
    expect(text).toContain('repaired (spelling): pet_type → PetType');
    expect(text).toContain('repaired (join): added JOIN pets ON a.id = pets.id');
  });

  it('lets no control character of the data through', () => {
    const text = printed({ sql: 'SELECT \u001b]0;x\u0007', columns, rows: [['\u001b[31mred\u009b', 1]] });
    // eslint-disable-next-line no-control-regex -- their absence is what is tested
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
  });

  it('shows what the model asks back', () => {
    const text = printed({ sql: null, clarification: 'Which\nyear?\u001b' });
    expect(text).toBe('  the model asks back: Which year?\ufffd\n  no SQL, 12 ms');
  });

  it('says which verified example answered, and what was replaced in it', () => {
    const attempt = {
      number: 1,
      model: 'verified-example',
      candidates: [],
      promptTokens: null,
      completionTokens: null,
      generateMs: 0,
      executeMs: 1,
    };
    const origin = { kind: 'near_example' as const, exampleId: 'e', question: 'Who\nlives in Rome?' };
    const literals = [{ from: 'Rome', to: 'Oslo\u001b' }];
    expect(printed({ attempts: [{ ...attempt, origin: { ...origin, literals } }] })).toContain(
      'answered by the verified example "Who lives in Rome?", with Oslo\ufffd for Rome',
    );
    expect(
      printed({
        attempts: [
          { ...attempt, origin },
          { ...attempt, number: 2 },
        ],
      }),
    ).not.toContain('example');
  });

  it('says that it does not show all rows', () => {
    const rows = Array.from({ length: 51 }, (_, n) => [`row-${n}.`, n]);
    const text = printed({ columns, rows, truncated: 'rows' });
    expect(text).toMatch(/row-49\./u);
    expect(text).not.toMatch(/row-50\./u);
    expect(text).toMatch(/51 rows, 50 shown: --json has all, cut at the limit of rows/u);
  });

  it('tells why it failed, attempt by attempt, and the mend', () => {
    const error = { class: 'unknown_column' as const, message: 'no such column: x' };
    const text = printed({
      status: 'failed',
      sql: null,
      attempts: [
        {
          number: 1,
          model: 'm',
          candidates: [{ sql: 'SELECT x', outcome: 'failed', error }],
          promptTokens: null,
          completionTokens: null,
          generateMs: 1,
          executeMs: 1,
        },
      ],
      error: { code: 'sql_failed', stage: 'execute', message: 'no attempt worked' },
    });
    expect(text).toMatch(/attempt 1: SELECT x\n\s+unknown_column: no such column: x/u);
    expect(text).toMatch(/failed sql_failed \(execute\): no attempt worked\n\s+mend: The attempts/u);
  });
});
