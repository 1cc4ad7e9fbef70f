import { z } from 'zod';
import { longestCheckedText } from '#shared/contracts/check';
import { CliError } from '../cli-error.js';
import { readLines } from './json-lines.js';

export interface Statement {
  /** As the file has it; the number of the line where it has none. */
  id: string | number;
  sql: string;
}

const lineSchema = z.looseObject({ id: z.union([z.string(), z.number()]).optional(), sql: z.string() });

/** @throws CliError `usage`, which names the line */
export async function readStatements(file: string): Promise<Statement[]> {
  const lines = await readLines(file, lineSchema, '`sql`');
  if (lines.length === 0) throw new CliError('usage', `${file} holds no statement`);
  return lines.map(({ number, value: { id = number, sql } }) => {
    // Cut where it is refused for its length in any case.
    return { id, sql: sql.slice(0, longestCheckedText) };
  });
}

const mostInBatch = 200;
/** The gateway reads bodies of 256 KiB. */
const mostBytesInBatch = 200_000;

/** As many statements as one request takes. */
export function* batches(statements: readonly Statement[]): Generator<Statement[]> {
  let batch: Statement[] = [];
  let bytes = 0;
  for (const statement of statements) {
    const size = Buffer.byteLength(JSON.stringify(statement.sql)) + 1;
    if (batch.length === mostInBatch || (batch.length > 0 && bytes + size > mostBytesInBatch)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(statement);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
