import type { Embedder } from './embedder.js';

const questionsKept = 1_000;

/** Vectors of questions, the latest ones kept: a question is often asked again. */
export class QuestionVectors {
  private readonly vectors = new Map<string, Promise<Float32Array>>();

  constructor(private readonly embedder: Embedder | null) {}

  async of(question: string): Promise<Float32Array | null> {
    if (!this.embedder) return null;
    const known = this.vectors.get(question) ?? this.embed(this.embedder, question);
    this.vectors.delete(question);
    this.vectors.set(question, known);
    const [oldest] = this.vectors.keys();
    if (this.vectors.size > questionsKept && oldest !== undefined) this.vectors.delete(oldest);
    return known;
  }

  private embed(embedder: Embedder, question: string): Promise<Float32Array> {
    const vector = embedder.embed([question]).then(([first]) => first ?? new Float32Array());
    // A failure is not remembered.
    vector.catch(() => this.vectors.delete(question));
    return vector;
  }
}
