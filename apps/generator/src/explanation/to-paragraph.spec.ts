import { describe, expect, it } from '@jest/globals';
import { toParagraph } from './to-paragraph.js';

describe('a paragraph', () => {
  it.each([
    ['  It counts\n\nall people. ', 'It counts all people.'],
    ['<think>hm</think># What it does\nIt counts.', 'What it does It counts.'],
    ['It counts:\n```sql\nSELECT 1\n```\nAll of them.', 'It counts: All of them.'],
    ['<think>never ends', ''],
  ])('of %j', (reply, text) => {
    expect(toParagraph(reply)).toBe(text);
  });

  it('has an end', () => {
    expect(toParagraph('x'.repeat(5_000))).toHaveLength(2_000);
  });
});
