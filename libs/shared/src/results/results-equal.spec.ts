import { describe, expect, it } from '@jest/globals';
import { resultsEqual } from './results-equal.js';
import type { ComparedRow } from './cell-identities.js';

const bag = (first: ComparedRow[], second: ComparedRow[]) => resultsEqual(first, second, { ordered: false });
const sequence = (first: ComparedRow[], second: ComparedRow[]) =>
  resultsEqual(first, second, { ordered: true });

describe('resultsEqual', () => {
  it('lets rows come in any order unless the gold statement orders them', () => {
    const rows = [[1n], [2n], [3n]];
    const reversed = rows.toReversed();
    expect(bag(rows, reversed)).toBe(true);
    expect(sequence(rows, reversed)).toBe(false);
    expect(sequence(rows, [...rows])).toBe(true);
  });

  it('counts duplicates', () => {
    expect(bag([['a'], ['a'], ['b']], [['a'], ['b'], ['b']])).toBe(false);
    expect(bag([['a'], ['a']], [['a']])).toBe(false);
  });

  it('finds the order of the columns, the same one for every row', () => {
    expect(
      bag(
        [
          ['a', 1n],
          ['b', 2n],
        ],
        [
          [2n, 'b'],
          [1n, 'a'],
        ],
      ),
    ).toBe(true);
    expect(
      sequence(
        [
          ['a', 1n],
          ['b', 2n],
        ],
        [
          [1n, 'a'],
          [2n, 'b'],
        ],
      ),
    ).toBe(true);
    expect(
      bag(
        [
          [1n, 2n],
          [3n, 4n],
        ],
        [
          [2n, 1n],
          [3n, 4n],
        ],
      ),
    ).toBe(false);
    expect(
      sequence(
        [
          [1n, 2n],
          [3n, 4n],
        ],
        [
          [2n, 1n],
          [3n, 4n],
        ],
      ),
    ).toBe(false);
  });

  it('does not take equal columns for equal rows', () => {
    expect(
      bag(
        [
          [1n, 1n],
          [2n, 2n],
        ],
        [
          [1n, 2n],
          [2n, 1n],
        ],
      ),
    ).toBe(false);
  });

  it('holds results without rows equal, whatever their columns, and different widths different', () => {
    expect(bag([], [])).toBe(true);
    expect(bag([], [[1n]])).toBe(false);
    expect(bag([[1n]], [[1n, 1n]])).toBe(false);
  });

  it('compares cells as the official evaluator does', () => {
    expect(bag([[1n]], [[1]])).toBe(true);
    expect(bag([[1n]], [['1']])).toBe(false);
    expect(bag([[0]], [[-0]])).toBe(true);
    expect(bag([[null]], [['None']])).toBe(false);
    expect(bag([[9007199254740993n]], [[9007199254740992]])).toBe(false);
    expect(bag([[9007199254740992n]], [[9007199254740992]])).toBe(true);
    expect(bag([[Uint8Array.of(1, 2)]], [[Uint8Array.of(1, 2)]])).toBe(true);
    expect(bag([[Uint8Array.of(97)]], [['a']])).toBe(false);
  });

  it('keeps its first look at sorted rows, in which 1 and 1.0 may sort apart', () => {
    expect(bag([[1n, 1.5]], [[1, 1.5]])).toBe(false);
    expect(bag([[1n, 'a']], [[1, 'a']])).toBe(true);
  });

  it('matches wide results with many alike columns at once', () => {
    const width = 14;
    const row = (at: number) =>
      Array.from({ length: width }, (_, column) => BigInt((at >> (column % 4)) & 1));
    const rows = Array.from({ length: 64 }, (_, at) => row(at));
    const turned = rows.map((cells) => cells.toReversed()).toReversed();
    expect(bag(rows, turned)).toBe(true);
    const broken = turned.map((cells, at) => (at === 5 ? cells.with(0, 1n - cells[0]!) : cells));
    expect(bag(rows, broken)).toBe(false);
  });

  it('agrees with trying every column order', () => {
    let state = 7;
    const next = (below: number) => (state = (state * 1103515245 + 12345) % 2147483648) % below;
    const verdicts = new Set<boolean>();
    for (let round = 0; round < 400; round++) {
      const width = 1 + next(4);
      const rows = Array.from({ length: 1 + next(5) }, () =>
        Array.from({ length: width }, () => BigInt(next(3))),
      );
      const order = permutations(width)[next(permutations(width).length)]!;
      const other = rows.map((cells) => order.map((at) => cells[at]!)).toReversed();
      if (next(2)) other[next(other.length)]![next(width)] = BigInt(next(3));
      const expected = permutations(width).some((candidate) =>
        sameBag(
          rows,
          other.map((cells) => candidate.map((at) => cells[at]!)),
        ),
      );
      expect(bag(rows, other)).toBe(expected);
      verdicts.add(expected);
    }
    expect(verdicts.size).toBe(2);
  });
});

function permutations(width: number): number[][] {
  if (width === 0) return [[]];
  return permutations(width - 1).flatMap((rest) =>
    Array.from({ length: width }, (_, at) => [...rest.slice(0, at), width - 1, ...rest.slice(at)]),
  );
}

function sameBag(first: bigint[][], second: bigint[][]): boolean {
  const text = (rows: bigint[][]) => rows.map(String).sort().join(';');
  return text(first) === text(second);
}
