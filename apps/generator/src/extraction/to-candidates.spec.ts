import { describe, expect, it } from '@jest/globals';
import { toCandidates } from './to-candidates.js';

describe('the candidates of several replies', () => {
  it('have each text once, with the replies that had it', () => {
    const replies = ['SELECT 1', 'I do not know.', '```sql\nSELECT 2\n```', 'SELECT 1;'];
    expect(toCandidates(replies)).toEqual([
      { sql: 'SELECT 1', outcome: 'proposed', votes: 2, sources: [0, 3] },
      { sql: 'SELECT 2', outcome: 'proposed', sources: [2] },
    ]);
  });

  it('say nothing of replies where there is one', () => {
    expect(toCandidates(['SELECT 1'])).toEqual([{ sql: 'SELECT 1', outcome: 'proposed' }]);
  });

  it('are none of a statement that was cut off, unless it had ended', () => {
    const whole = '```sql\nSELECT 2\n```\nThis coun';
    expect(toCandidates(['SELECT a FROM t WHERE b', whole, 'SELECT 3; SEL'], [0, 1, 2])).toEqual([
      { sql: 'SELECT 2', outcome: 'proposed', sources: [1] },
      { sql: 'SELECT 3', outcome: 'proposed', sources: [2] },
    ]);
    expect(toCandidates(['SELECT 1\n'], [0])).toMatchObject([
      { sql: 'SELECT 1', outcome: 'rejected', error: { class: 'too_large' } },
    ]);
  });

  it('are one that was rejected where no reply holds SQL', () => {
    const [candidate, ...others] = toCandidates(['No.', 'Neither.']);
    expect(candidate).toMatchObject({ sql: 'No.', outcome: 'rejected', error: { class: 'syntax' } });
    expect(others).toEqual([]);
  });
});
