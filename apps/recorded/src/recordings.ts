import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { outputLines, statementOf } from '#shared/model-server/output-lines';
import type { RecordedConfig } from './config.js';

/** A question with what each sample answered. */
export interface Recording {
  question: string;
  /** Names of its database's tables in lower case; empty where they are not known. */
  tables: ReadonlySet<string>;
  /** By sample: the texts of the first attempt and of each correction. */
  samples: string[][];
}

const questionsSchema = z.array(
  z.object({ question: z.string(), db_id: z.string().optional(), tables: z.array(z.string()).optional() }),
);
const tablesSchema = z.array(z.object({ db_id: z.string(), table_names_original: z.array(z.string()) }));

/** @throws Error naming the file whose content or number of lines is wrong */
export function readRecordings(config: RecordedConfig): Recording[] {
  const questions = readJson(config.RECORDED_QUESTIONS, questionsSchema);
  const databases = new Map(
    config.RECORDED_TABLES === undefined
      ? []
      : readJson(config.RECORDED_TABLES, tablesSchema).map((entry) => [
          entry.db_id,
          entry.table_names_original,
        ]),
  );
  const samples = config.RECORDED_OUTPUTS.map((file) => readOutputs(file, questions.length));
  return questions.map(({ question, db_id: dbId = '', tables = databases.get(dbId) ?? [] }, at) => ({
    question: foldText(question),
    tables: new Set(tables.map((name) => name.toLowerCase())),
    samples: samples.map((outputs) => outputs[at] ?? []),
  }));
}

/** One line for each question: SQL, with nothing after a tab; or, in `.jsonl` files, a list of texts, one an attempt. */
function readOutputs(file: string, questions: number): string[][] {
  const lines = outputLines(readFileSync(file, 'utf8').replace(/\r?\n$/u, ''), questions);
  if (lines.length !== questions)
    throw new Error(`${file} has ${lines.length} lines for ${questions} questions: each needs one`);
  if (!file.endsWith('.jsonl')) return lines.map((line) => [statementOf(line)]);
  return lines.map((line, at) => parseLine(line, `${file}, line ${at + 1}`));
}

function parseLine(line: string, place: string): string[] {
  const parsed = z.array(z.string()).min(1).safeParse(parseJson(line, place));
  if (!parsed.success) throw new Error(`${place}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function readJson<T>(file: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(parseJson(readFileSync(file, 'utf8'), file));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new Error(`${place} is not JSON`, { cause });
  }
}

/** As the generator writes a question into its prompt. */
export function foldText(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}
