import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { outputLines, statementOf } from '#shared/model-server/output-lines';
import { permanent } from '#shared/errors/app-error';
import type { QuestionSet } from '../../../evaluation/src/questions/question-set.js';
import { readText } from '../../../evaluation/src/questions/read-file.js';
import { readDataset } from '../../../evaluation/src/spider/dataset.js';
import type { TrainingPair } from '../pairs/training-pair.js';

/** A file that went in, as the manifest names it. */
export interface Input {
  file: string;
  sha256: string;
  entries: number;
}

export interface ReadSet {
  set: QuestionSet;
  pairs: TrainingPair[];
  input: Input;
}

/** @throws AppError `invalid_request` naming the file */
export function readSet(folder: string, file: string): ReadSet {
  const set = readDataset(folder, file);
  const pairs = set.questions.map(({ dbId, question, gold }) => ({
    database: dbId,
    question,
    sql: gold.trim().replace(/\s*;$/, ''),
    source: 'set' as const,
  }));
  return { set, pairs, input: inputOf(file, pairs.length) };
}

/** One statement a question, in the order of the set. */
export function readRecorded(
  file: string,
  { questions }: QuestionSet,
): { statements: string[]; input: Input } {
  const lines = outputLines(readText(file), questions.length);
  if (lines.length !== questions.length)
    throw permanent('invalid_request', `${file} has ${lines.length} lines for ${questions.length} questions`);
  return { statements: lines.map(statementOf), input: inputOf(file, lines.length) };
}

export function inputOf(file: string, entries: number): Input {
  return { file, sha256: sha256Of(readFileSync(file)), entries };
}

export function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
