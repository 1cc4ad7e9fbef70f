import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';
import { parseJson, readJson, readText } from '../../../evaluation/src/questions/read-file.js';
import type { TrainingExample } from './example.js';
import type { Manifest } from './manifest.js';
import { sha256Of } from './question-sets.js';
import { manifestFile } from './write-data.js';

const exampleSchema = z.object({
  messages: z.array(z.object({ role: z.enum(['system', 'user', 'assistant']), content: z.string() })).min(2),
  meta: z.looseObject({
    database: z.string(),
    question: z.string(),
    sql: z.string(),
    tables: z.array(z.string()),
  }),
});

export interface PreparedData {
  manifest: Manifest;
  train: TrainingExample[];
  validation: TrainingExample[];
  /** Files that are not what the manifest says. */
  changed: string[];
}

/** @throws AppError `invalid_request` for a folder that is not whole, or a line that is no example */
export function readData(folder: string): PreparedData {
  const file = join(folder, manifestFile);
  if (!existsSync(file))
    throw permanent(
      'invalid_request',
      `${folder} has no ${manifestFile}: run \`./nano train prepare\` first`,
    );
  const manifest = readJson(file) as Manifest;
  const changed = manifest.outputs
    .filter(({ file: name, sha256 }) => sha256Of(readText(placeOf(folder, name))) !== sha256)
    .map(({ file: name }) => name);
  return {
    manifest,
    train: readExamples(join(folder, 'train.jsonl')),
    validation: readExamples(join(folder, 'validation.jsonl')),
    changed,
  };
}

function placeOf(folder: string, name: string): string {
  return name === 'dev.json' ? join(folder, 'validation', name) : join(folder, name);
}

function readExamples(file: string): TrainingExample[] {
  return readText(file)
    .split('\n')
    .flatMap((line, at) => {
      if (line === '') return [];
      const place = `${file}, line ${at + 1}`;
      const parsed = exampleSchema.safeParse(parseJson(line, place));
      if (!parsed.success) throw permanent('invalid_request', `${place}: ${z.prettifyError(parsed.error)}`);
      return [parsed.data as unknown as TrainingExample];
    });
}
