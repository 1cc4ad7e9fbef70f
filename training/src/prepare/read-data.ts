import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { permanent } from '#shared/errors/app-error';
import { templateNames } from '#shared/prompt/template';
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
    template: z.enum(templateNames),
  }),
});

const manifestSchema = z.looseObject({
  outputs: z.array(z.looseObject({ file: z.string(), sha256: z.string() })),
});
/** What a manifest tells of. One that leaves a file out says nothing of it. */
const outputFiles = ['train.jsonl', 'validation.jsonl', 'dev.json'];

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
  const parsed = manifestSchema.safeParse(readJson(file));
  if (!parsed.success) throw permanent('invalid_request', `${file}: ${z.prettifyError(parsed.error)}`);
  const told = new Map(parsed.data.outputs.map(({ file: name, sha256 }) => [name, sha256]));
  const changed = outputFiles.filter((name) => sha256Of(readText(placeOf(folder, name))) !== told.get(name));
  const train = readExamples(join(folder, 'train.jsonl'));
  if (train.length === 0)
    throw permanent('invalid_request', `${join(folder, 'train.jsonl')} holds no example`);
  return {
    manifest: parsed.data as unknown as Manifest,
    train,
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
