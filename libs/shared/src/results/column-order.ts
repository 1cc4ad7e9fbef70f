/** A result by columns; each number stands for a cell, equal numbers for equal cells. */
export type IdentityColumns = readonly Int32Array[];

/** Rows refined in one search before it gives up: results that need more are symmetric by construction. */
const searchBudget = 50_000_000;

/** Whether some order of the second result's columns makes both the same sequence of rows. */
export function sameRowsInOrder(first: IdentityColumns, second: IdentityColumns): boolean {
  const left = [...first];
  for (const column of second) {
    const at = left.findIndex((candidate) => sameCells(candidate, column));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
}

/**
 * Whether some order of the second result's columns makes both the same bag of rows.
 *
 * Columns are matched one after another. Rows that agree in the columns matched so far form a class; a match
 * stands only while both results have as many rows in each class, so wrong matches die early. Of columns that
 * are equal cell by cell only one is tried. Gives up (false) past `searchBudget`.
 */
export function sameBagOfRows(
  first: IdentityColumns,
  second: IdentityColumns,
  identityCount: number,
): boolean {
  return new ColumnOrderSearch(first, second, identityCount).found();
}

/** Rows of the first result, classed by the columns matched so far. */
interface Classes {
  /** (class so far, cell) → class. */
  names: Map<number, number>;
  sizes: Int32Array;
}

class ColumnOrderSearch {
  private readonly order: number[];
  private readonly candidates: number[][];
  private readonly levels: Classes[] = [];
  private budget = searchBudget;

  constructor(
    private readonly first: IdentityColumns,
    private readonly second: IdentityColumns,
    private readonly identityCount: number,
  ) {
    const firstBags = first.map(bagSum);
    const secondBags = second.map(bagSum);
    this.candidates = firstBags.map((bag) =>
      second.map((_, at) => at).filter((at) => secondBags[at] === bag),
    );
    this.order = first
      .map((_, at) => at)
      .sort((a, b) => this.candidates[a]!.length - this.candidates[b]!.length);
    this.classifyFirst();
  }

  found(): boolean {
    const rows = this.second[0]?.length ?? 0;
    return this.match(0, new Int32Array(rows), new Set());
  }

  private classifyFirst(): void {
    let previous = new Int32Array(this.first[0]?.length ?? 0);
    for (const at of this.order) {
      const column = this.first[at]!;
      const names = new Map<number, number>();
      const ofRow = new Int32Array(previous.length);
      for (let row = 0; row < column.length; row++) {
        const key = previous[row]! * this.identityCount + column[row]!;
        let name = names.get(key);
        if (name === undefined) names.set(key, (name = names.size));
        ofRow[row] = name;
      }
      const sizes = new Int32Array(names.size);
      for (const name of ofRow) sizes[name]!++;
      this.levels.push({ names, sizes });
      previous = ofRow;
    }
  }

  private match(depth: number, classes: Int32Array, used: Set<number>): boolean {
    const at = this.order[depth];
    if (at === undefined) return true;
    const tried: Int32Array[] = [];
    for (const candidate of this.candidates[at]!) {
      const column = this.second[candidate]!;
      if (used.has(candidate) || tried.some((other) => sameCells(other, column))) continue;
      tried.push(column);
      const refined = this.refine(depth, classes, column);
      if (!refined) continue;
      used.add(candidate);
      if (this.match(depth + 1, refined, used)) return true;
      used.delete(candidate);
    }
    return false;
  }

  /** The second result's classes with one more column; undefined where they differ from the first's. */
  private refine(depth: number, classes: Int32Array, column: Int32Array): Int32Array | undefined {
    const level = this.levels[depth]!;
    const left = level.sizes.slice();
    const refined = new Int32Array(column.length);
    for (let row = 0; row < column.length; row++) {
      if (--this.budget < 0) return undefined;
      const name = level.names.get(classes[row]! * this.identityCount + column[row]!);
      if (name === undefined || --left[name]! < 0) return undefined;
      refined[row] = name;
    }
    return refined;
  }
}

function sameCells(first: Int32Array, second: Int32Array): boolean {
  return first.every((cell, row) => cell === second[row]);
}

/** The same for equal bags of cells; seldom the same for others, which the search then tells apart. */
function bagSum(column: Int32Array): number {
  let sum = 0;
  for (const cell of column) sum += Math.imul(cell ^ (cell >>> 15), 0x2c1b3c6d) >>> 0;
  return sum;
}
