import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { JsonBytes, type Value } from './json-bytes.js';

function written(row: readonly Value[], most = 1_000_000): string | null {
  const out = new JsonBytes();
  return out.row(row, most, '[') ? out.bytes.toString('utf8', 1, out.end) : null;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 120 }).map((all) => String.fromCharCode(...all)),
);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer().map((value) => value / 1_000),
  fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  fc.integer({ min: -3_000_000_000, max: 3_000_000_000 }),
  fc.constantFrom(0, -0, 0.1, -0.5, 0.001, 1e21, 1e-7, 2 ** 31, -(2 ** 31), 2_147_483.647, 5e-324),
);

describe('JSON bytes', () => {
  it('are what JSON.stringify gives, whatever the row', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(text, number, fc.constant(null))), (row) => {
        expect(written(row)).toBe(JSON.stringify(row));
      }),
      { numRuns: 1_000 },
    );
  });

  it('carry what JSON has no word for as strings', () => {
    expect(written([NaN, Infinity, -Infinity, Uint8Array.of(0, 255)])).toBe(
      '["NaN","Infinity","-Infinity","AP8="]',
    );
    expect(written([7n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 63n)])).toBe(
      '[7,9007199254740991,"9007199254740992","-9223372036854775808"]',
    );
  });

  it('hold rows that are larger than their first place, one behind the other', () => {
    const out = new JsonBytes();
    const rows = Array.from({ length: 50 }, (_, index) => [index, 'ä\n'.repeat(20_000), 1.5]);
    rows.forEach((row, index) => expect(out.row(row, 10 ** 7, index === 0 ? '[' : ',')).toBe(true));
    expect(`${out.bytes.toString('utf8', 0, out.end)}]`).toBe(JSON.stringify(rows));
  });

  it('refuse exactly the rows that are longer than they may be', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(text, number, fc.constant(null))), fc.nat(200), (row, most) => {
        const json = JSON.stringify(row);
        expect(written(row, most)).toBe(Buffer.byteLength(json) <= most ? json : null);
      }),
      { numRuns: 1_000 },
    );
    expect(written([new Uint8Array(10 ** 6)], 1_000)).toBeNull();
  });
});
