import { extname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { describeError, permanent } from '#shared/errors/app-error';
import { parseJson, readText } from '../../evaluation/src/questions/read-file.js';
import { samples } from '../../samples/src/catalogue.js';

export interface AskedQuestion {
  question: string;
  /** The gateway's default one if left out. */
  datasource?: string | undefined;
}

const entrySchema = z.union([
  z
    .string()
    .trim()
    .min(1)
    .transform((question) => ({ question })),
  z.object({ question: z.string().trim().min(1), datasource: z.string().min(1).optional() }),
]);

/** Those of the bundled samples, each of its own datasource, or of one of them alone. */
export function bundledQuestions(datasource: string | undefined): AskedQuestion[] {
  const chosen = samples.filter(({ name }) => datasource === undefined || name === datasource);
  if (chosen.length === 0)
    throw permanent(
      'invalid_request',
      `${datasource} is none of the bundled samples: give its questions with --questions.`,
    );
  return chosen.flatMap(({ name, questions }) =>
    questions.map(({ question }) => ({ question, datasource: name })),
  );
}

/**
 * `.txt` with a question a line, `.jsonl`, or a list in `.json` or `.yaml`; an entry is a question, or an object with
 * `question` and `datasource`, as the files of `./nano eval --questions` have them.
 * @param datasource of those that name none
 * @throws AppError `invalid_request` naming the place in the file
 */
export function readQuestions(file: string, datasource: string | undefined): AskedQuestion[] {
  const questions = entriesOf(file).map((entry, at) => {
    const parsed = entrySchema.safeParse(entry);
    if (!parsed.success)
      throw permanent('invalid_request', `${file}, question ${at + 1}: ${z.prettifyError(parsed.error)}`);
    return { datasource, ...parsed.data };
  });
  if (questions.length === 0) throw permanent('invalid_request', `${file} has no question.`);
  return questions;
}

function entriesOf(file: string): unknown[] {
  const text = readText(file);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  switch (extname(file).toLowerCase()) {
    case '.txt':
      return lines;
    case '.jsonl':
      return lines.map((line, at) => parseJson(line, `${file}, line ${at + 1}`));
    default:
      return listOf(file, text);
  }
}

function listOf(file: string, text: string): unknown[] {
  try {
    return z.array(z.unknown()).parse(parseYaml(text));
  } catch (cause) {
    throw permanent('invalid_request', `${file}: expected a list of questions. ${describeError(cause)}`, {
      cause,
    });
  }
}
