const k1 = 1.2;
const b = 0.75;

/** Plain BM25 (Robertson and Zaragoza, 2009) over the words of names: what the retriever is compared with. */
export class Bm25 {
  private readonly frequencies: Map<string, number>[];
  private readonly lengths: number[];
  private readonly documentsOf = new Map<string, number>();
  private readonly averageLength: number;

  constructor(documents: readonly string[]) {
    const words = documents.map(wordsOf);
    this.lengths = words.map((list) => list.length);
    this.averageLength =
      this.lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length);
    this.frequencies = words.map((list) => {
      const counts = new Map<string, number>();
      for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const word of counts.keys()) this.documentsOf.set(word, (this.documentsOf.get(word) ?? 0) + 1);
      return counts;
    });
  }

  /** One score a document, in their order. */
  scores(question: string): number[] {
    const words = [...new Set(wordsOf(question))];
    return this.frequencies.map((counts, at) => {
      const length = 1 - b + (b * (this.lengths[at] ?? 0)) / this.averageLength;
      return words.reduce((sum, word) => {
        const frequency = counts.get(word) ?? 0;
        return sum + (this.idf(word) * frequency * (k1 + 1)) / (frequency + k1 * length);
      }, 0);
    });
  }

  private idf(word: string): number {
    const documents = this.documentsOf.get(word) ?? 0;
    return Math.log(1 + (this.frequencies.length - documents + 0.5) / (documents + 0.5));
  }
}

function wordsOf(text: string): string[] {
  return (
    text
      .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]+|\d+/g) ?? []
  );
}
