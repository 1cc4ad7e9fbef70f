import { extname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { describeError, permanent } from '#shared/errors/app-error';
import { parseCsv } from './csv.js';
import type { Question } from './question-set.js';
import { parseJson, readText } from './read-file.js';

const pairSchema = z.object({
  question: z.string().trim().min(1),
  sql: z.string().trim().min(1),
  /** Its registered datasource, where the file is about several. */
  datasource: z.string().min(1).optional(),
});
type Pair = z.infer<typeof pairSchema>;

/**
 * Questions with the SQL that answers them: `.csv` with a head line, `.jsonl`, `.yaml` or `.yml` with a list;
 * fields `question`, `sql` and, unless `datasource` is given, `datasource`.
 * @throws AppError `invalid_request` naming the place in the file
 */
export function readPairs(file: string, datasource: string | undefined): Question[] {
  return readEntries(file).map((entry, index) => {
    const pair = pairSchema.safeParse(entry);
    const place = `${file}, question ${index + 1}`;
    if (!pair.success) throw permanent('invalid_request', `${place}: ${z.prettifyError(pair.error)}`);
    return toQuestion(pair.data, index, datasource, place);
  });
}

function toQuestion(
  { question, sql, datasource: own }: Pair,
  index: number,
  given: string | undefined,
  place: string,
): Question {
  const dbId = own ?? given;
  if (dbId === undefined)
    throw permanent('invalid_request', `${place} names no datasource, and --datasource is not given`);
  return { index, dbId, question, gold: sql };
}

function readEntries(file: string): unknown[] {
  const text = readText(file);
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return csvEntries(text, file);
    case '.jsonl':
      return text
        .split('\n')
        .flatMap((line, at) => (line.trim() === '' ? [] : [parseJson(line, `${file}, line ${at + 1}`)]));
    default:
      return yamlEntries(text, file);
  }
}

function csvEntries(text: string, file: string): unknown[] {
  const [head = [], ...records] = readable(file, () => parseCsv(text));
  const names = head.map((name) => name.trim().toLowerCase());
  return records.map((record): unknown =>
    Object.fromEntries(
      names.flatMap((name, at): [string, string | undefined][] =>
        record[at] === '' ? [] : [[name, record[at]]],
      ),
    ),
  );
}

function yamlEntries(text: string, file: string): unknown[] {
  const list = z.array(z.unknown()).safeParse(readable(file, () => parseYaml(text) as unknown));
  if (!list.success) throw permanent('invalid_request', `${file}: expected a list of questions`);
  return list.data;
}

function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw permanent('invalid_request', `${file}: ${describeError(cause)}`, { cause });
  }
}
