import { rollback } from '../../../../training/src/publish/rollback.js';
import { stdout } from '../output/terminal.js';
import { changePublication } from './train.publication.js';

export interface TrainRollbackOptions {
  adapters: string;
  model?: string;
  json?: true;
}

export async function trainRollback(role: string, options: TrainRollbackOptions): Promise<void> {
  await changePublication(options.adapters, async (place) => {
    const record = await rollback({ ...place, role, model: options.model });
    if (options.json) return stdout.line(JSON.stringify(record));
    stdout.line(
      `${record.to?.name ?? `${record.model}, without an adapter,`} is in use again, not ${record.from?.name}.`,
    );
  });
}
