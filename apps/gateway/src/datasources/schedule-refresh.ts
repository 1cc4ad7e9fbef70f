import type { DatasourceRow } from '#shared/persistence/datasource.store';
import type { JobQueue } from '#shared/queue/job-queue';

/** Has the queue keep the datasource's schedule. False when the queue does not answer: the reconciler does it then. */
export function scheduleRefresh(
  queue: JobQueue,
  { id, refreshSeconds }: Pick<DatasourceRow, 'id' | 'refreshSeconds'>,
): Promise<boolean> {
  const everyMs = refreshSeconds === null ? null : refreshSeconds * 1_000;
  return queue.schedule('index', { datasourceId: id, scheduled: true }, everyMs);
}
