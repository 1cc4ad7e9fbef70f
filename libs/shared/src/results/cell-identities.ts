/** A cell as an engine's driver or a JSON answer holds it. */
export type ComparedCell = string | number | bigint | boolean | null | Uint8Array;
export type ComparedRow = readonly ComparedCell[];

/**
 * Gives equal cells the same small integer, so that results are compared without looking at a cell twice.
 *
 * Equal is what the official evaluator's host language holds equal: 1 and 1.0 are, exactly and not after
 * rounding, '1' and 1 are not, binary is compared by its bytes.
 */
export class CellIdentities {
  private readonly scalars = new Map<unknown, number>();
  private readonly binaries = new Map<string, number>();
  private readonly floats = new Set<number>();
  private readonly integers = new Set<number>();
  private issued = 0;

  of(cell: ComparedCell): number {
    if (cell instanceof Uint8Array) return this.lookUp(this.binaries, Buffer.from(cell).toString('latin1'));
    const identity = this.lookUp(this.scalars, equalityKey(cell));
    if (typeof cell === 'bigint') this.integers.add(identity);
    else if (typeof cell === 'number') this.floats.add(identity);
    return identity;
  }

  get count(): number {
    return this.issued;
  }

  /** Whether some number came both as an integer (bigint) and as a float (number). */
  get mixesNumberTypes(): boolean {
    return [...this.integers].some((identity) => this.floats.has(identity));
  }

  private lookUp<Key>(identities: Map<Key, number>, key: Key): number {
    let identity = identities.get(key);
    if (identity === undefined) identities.set(key, (identity = this.issued++));
    return identity;
  }
}

function equalityKey(cell: Exclude<ComparedCell, Uint8Array>): unknown {
  if (typeof cell === 'bigint') {
    return cell >= Number.MIN_SAFE_INTEGER && cell <= Number.MAX_SAFE_INTEGER ? Number(cell) : cell;
  }
  if (typeof cell === 'number' && Number.isInteger(cell) && !Number.isSafeInteger(cell)) return BigInt(cell);
  return cell;
}
