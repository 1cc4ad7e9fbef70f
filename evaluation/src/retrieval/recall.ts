/** Shares from 0 to 1, by the number of tables looked at. */
export interface Recall {
  /** Of a question's gold tables, averaged over the questions. */
  recall: Record<string, number>;
  /** Of the questions all of whose gold tables were found. */
  completeRecall: Record<string, number>;
}

/** Tables found among the first k of a ranking, for each k. */
export class RecallCount {
  private questions = 0;
  private readonly found = new Map<number, number>();
  private readonly complete = new Map<number, number>();

  constructor(private readonly ks: readonly number[]) {}

  add(gold: ReadonlySet<string>, ranking: readonly string[]): void {
    this.questions += 1;
    for (const k of this.ks) {
      const hits = ranking.slice(0, k).filter((table) => gold.has(table)).length;
      this.found.set(k, (this.found.get(k) ?? 0) + hits / gold.size);
      this.complete.set(k, (this.complete.get(k) ?? 0) + (hits === gold.size ? 1 : 0));
    }
  }

  result(): Recall {
    const shares = (sums: ReadonlyMap<number, number>) =>
      Object.fromEntries(
        this.ks.map((k) => [String(k), this.questions > 0 ? (sums.get(k) ?? 0) / this.questions : 0]),
      );
    return { recall: shares(this.found), completeRecall: shares(this.complete) };
  }
}
