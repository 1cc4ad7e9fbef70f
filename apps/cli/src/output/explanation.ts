import type { QueryView } from '#shared/contracts/query';
import { plain, type Output } from './terminal.js';

/** What the SQL does, where that was asked for. */
export function printExplanation({ explanation }: QueryView, output: Output): void {
  if (!explanation) return;
  const { text, message = 'it is not written yet: look at the query again' } = explanation;
  const line = plain(text ?? `no explanation: ${message}`).replaceAll(/\s+/gu, ' ');
  output.line(`  ${text === undefined ? output.style('yellow', line) : line}`);
}
