import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { permanent } from '#shared/errors/app-error';
import type { TrainingExample } from './example.js';
import type { Manifest } from './manifest.js';
import { type Input, sha256Of } from './question-sets.js';

export const manifestFile = 'manifest.json';

interface Data {
  out: string;
  data: string | undefined;
  train: TrainingExample[];
  validation: TrainingExample[];
  manifest: Omit<Manifest, 'counts' | 'outputs'>;
}

/**
 * The manifest comes last: a folder without it is not whole.
 * @throws AppError `invalid_request`, with nothing changed, where somebody else's databases stand in the place of the links
 */
export function writeData({ out, data, train, validation, manifest }: Data): Manifest {
  if (data !== undefined) refuseOwnDatabases(join(out, 'validation'));
  mkdirSync(join(out, 'validation'), { recursive: true });
  rmSync(join(out, manifestFile), { force: true });
  const outputs = [
    written(join(out, 'train.jsonl'), lines(train), train.length),
    written(join(out, 'validation.jsonl'), lines(validation), validation.length),
    written(join(out, 'validation', 'dev.json'), questionsOf(validation), validation.length),
  ];
  if (data !== undefined) linkDatabases(resolve(data), join(out, 'validation'));
  const whole: Manifest = {
    ...manifest,
    counts: {
      train: train.length,
      validation: validation.length,
      databases: new Set([...train, ...validation].map(({ meta }) => meta.database)).size,
      corrections: train.filter(({ meta }) => meta.source === 'correction').length,
    },
    outputs,
  };
  writeFileSync(join(out, manifestFile), `${JSON.stringify(whole, null, 2)}\n`);
  return whole;
}

function written(file: string, text: string, entries: number): Input {
  writeFileSync(file, text);
  return { file: basename(file), sha256: sha256Of(text), entries };
}

function lines(examples: readonly TrainingExample[]): string {
  return examples.map((example) => `${escaped(JSON.stringify(example))}\n`).join('');
}

/** JSON leaves in strings what other readers of lines take for their ends. */
function escaped(json: string): string {
  return json.replaceAll(
    /[\u0085\u2028\u2029]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** As Spider has them: what `./nano eval --data` reads. */
function questionsOf(examples: readonly TrainingExample[]): string {
  const entries = examples.map(({ meta }) => ({
    db_id: meta.database,
    question: meta.question,
    query: meta.sql,
  }));
  return `${JSON.stringify(entries, null, 1)}\n`;
}

const linked = ['tables.json', 'database'];

function refuseOwnDatabases(folder: string): void {
  const own = linked
    .map((name) => join(folder, name))
    .find((place) => lstatSync(place, { throwIfNoEntry: false })?.isDirectory());
  if (own !== undefined)
    throw permanent(
      'invalid_request',
      `${own} was not made by \`train prepare\`: move it away, or write elsewhere`,
    );
}

function linkDatabases(data: string, folder: string): void {
  for (const name of linked) {
    const [from, to] = [join(data, name), join(folder, name)];
    rmSync(to, { force: true });
    if (existsSync(from)) symlinkSync(from, to);
  }
}
