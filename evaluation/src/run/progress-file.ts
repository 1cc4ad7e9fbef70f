import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';
import { askedQuestionSchema, type AskedQuestion } from './asked-question.js';

const headSchema = z.object({ run: z.string() });

/**
 * What has been asked so far, one line a question, behind a line that names the run. Only ever appended to, so
 * that a crash loses at most the questions in flight.
 */
export class ProgressFile {
  private constructor(private readonly file: string) {}

  /**
   * `run` is what makes results comparable: the questions and how they are asked.
   * @throws AppError `invalid_request` when there is progress of another run to resume
   */
  static open(out: string, run: string, resume: boolean): { progress: ProgressFile; done: AskedQuestion[] } {
    const file = join(out, 'progress.jsonl');
    const progress = new ProgressFile(file);
    mkdirSync(out, { recursive: true });
    if (resume && existsSync(file)) return { progress, done: readDone(file, run) };
    writeFileSync(file, `${JSON.stringify({ run })}\n`);
    return { progress, done: [] };
  }

  add(asked: AskedQuestion): void {
    appendFileSync(this.file, `${JSON.stringify(asked)}\n`);
  }
}

function readDone(file: string, run: string): AskedQuestion[] {
  const text = readFileSync(file, 'utf8');
  // A crash may have cut the last line.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  truncateSync(file, Buffer.byteLength(whole));
  const [head = '{}', ...lines] = whole.split('\n').filter(Boolean);
  if (headSchema.safeParse(JSON.parse(head)).data?.run !== run) {
    throw permanent(
      'invalid_request',
      `${file} belongs to a run with other questions or settings: leave out --resume, or choose another --out`,
    );
  }
  const done = lines.map((line) => askedQuestionSchema.parse(JSON.parse(line)));
  return [...new Map(done.map((asked) => [asked.index, asked])).values()];
}
