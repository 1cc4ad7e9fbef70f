import { z } from 'zod';
import type { QueryEvent, QueryStatus } from '#shared/contracts/query';
import { plain, type Output } from './terminal.js';

const label: Record<QueryStatus, string> = {
  queued: 'queued',
  retrieving: 'retrieving tables',
  generating: 'generating SQL',
  executing: 'executing SQL',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

const shownTables = 4;

/** What an event may tell; each part is shown where it is there. */
const detailSchema = z.object({
  tables: z.array(z.string()).optional().catch(undefined),
  traceback: z.object({ class: z.string(), message: z.string() }).optional().catch(undefined),
  error: z.object({ code: z.string() }).optional().catch(undefined),
});

/** Shows each stage as it begins, with the time since the first one. */
export function stagePrinter(output: Output): (event: QueryEvent) => void {
  let startedAt: number | undefined;
  return (event) => {
    const at = Date.parse(event.at);
    const elapsed = `${at - (startedAt ??= at)} ms`.padStart(9);
    const again =
      event.attempt > 1 && event.status === 'generating' ? `, correction ${event.attempt - 1}` : '';
    output.line(
      `${output.style('dim', elapsed)}  ${label[event.status]}${again}${output.style('dim', detailOf(event))}`,
    );
  };
}

function detailOf(event: QueryEvent): string {
  const { tables, traceback, error } = detailSchema.parse(event.data);
  if (traceback) return `  ${traceback.class}: ${plain(traceback.message)}`;
  if (error) return `  ${error.code}`;
  if (!tables?.length) return '';
  const more = tables.length > shownTables ? ` and ${tables.length - shownTables} more` : '';
  return `  ${tables.slice(0, shownTables).map(plain).join(', ')}${more}`;
}
