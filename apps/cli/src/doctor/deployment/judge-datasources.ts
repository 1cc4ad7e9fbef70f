import type { DatasourceFacts, Diagnostics } from '#shared/contracts/diagnostics';
import { mendOf } from '../../client/problem.js';
import { type Check, fail, ok, warn } from '../check.js';
import { inWords } from './durations.js';

/** The largest schemas that were tried take a few minutes. */
const longIndexingMs = 15 * 60_000;
/** Without a schedule nobody may have looked since. */
const oldMs = 30 * 24 * 3_600_000;

/** One line for all that are well, and one for each that is not. */
export function judgeDatasources(datasources: Diagnostics['datasources']): Check[] {
  if ('error' in datasources) return [];
  if (datasources.length === 0)
    return [warn('datasources', 'none is registered', 'Register one: `./nano datasource add NAME URL`.')];
  const wrong = datasources.flatMap(judge);
  const well = datasources.length - wrong.length;
  return [...(well > 0 ? [ok('datasources', `${well} of ${datasources.length} ready`)] : []), ...wrong];
}

function judge({ name, status, hasSnapshot, error, refreshSeconds, changedMs }: DatasourceFacts): Check[] {
  const line = `datasource: ${name}`;
  const refresh = `\`./nano datasource refresh ${name}\``;
  if (error && status !== 'indexing') {
    const mend = `${mendOf(error.code) ?? 'The message says what to do.'} Then ${refresh}.`;
    const detail = `its schema could not be read: ${error.code}, ${error.message}`;
    if (!hasSnapshot) return [fail(line, detail, mend)];
    return [warn(line, `${detail}; the snapshot from before serves`, mend)];
  }
  if (status === 'indexing') {
    if (changedMs < longIndexingMs) return [];
    return [
      warn(
        line,
        `is being indexed for ${inWords(changedMs)}`,
        `See \`queue: index\` above and the log of the retriever; then ${refresh}.`,
      ),
    ];
  }
  if (refreshSeconds !== null && changedMs > 2 * refreshSeconds * 1_000 + 60_000)
    return [
      warn(
        line,
        `was refreshed ${inWords(changedMs)} ago, though every ${inWords(refreshSeconds * 1_000)} is asked for`,
        `See \`queue: index\` and the retriever above; ${refresh} does it now.`,
      ),
    ];
  if (refreshSeconds === null && changedMs > oldMs)
    return [
      warn(
        line,
        `was refreshed ${inWords(changedMs)} ago`,
        `${refresh}, or have it done by itself: \`./nano datasource schedule ${name} 86400\`.`,
      ),
    ];
  return [];
}
