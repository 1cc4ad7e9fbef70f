import type { TemplateName } from '#shared/prompt/template';
import type { Input } from './question-sets.js';

/** What the data is made of: equal manifests mean equal data. Written beside it, and into the adapter's model card. */
export interface Manifest {
  form: 1;
  inputs: Input[];
  /** Fingerprints of the schema snapshots. */
  schemas: Record<string, string>;
  template: TemplateName;
  templateVersion: number;
  split: 'database' | 'random';
  validationShare: number;
  seed: number;
  /** Share of the examples with tables of other databases. */
  distractorRate: number;
  embeddings: string;
  contextTokens: number;
  maxTokens: number;
  /** Pairs that were left out, by why. */
  leftOut: {
    question: number;
    skeleton: number;
    duplicate: number;
    failure: number;
    length: number;
    /** Of chat templates, in the SQL. */
    signs: number;
  };
  counts: { train: number; validation: number; databases: number; corrections: number };
  outputs: Input[];
  /**
   * The verified examples that are in it: what an adapter was trained on can be traced. An id may have got other SQL since, so
   * each has the SHA-256 over question, line feed and SQL.
   */
  verifiedExamples: { id: string; sha256: string }[];
}
