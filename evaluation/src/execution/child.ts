import type { ChildMessage, Comparison } from './comparison.js';
import { Comparer } from './comparer.js';

/** A process that may be killed in the middle of a statement: SQLite cannot be stopped from within. */
const tell = (message: ChildMessage) => process.send?.(message);
const comparer = new Comparer((statement) => tell({ kind: 'running', statement }));

process.on('message', (comparison: Comparison) => {
  tell({ kind: 'verdict', verdict: comparer.compare(comparison) });
});
