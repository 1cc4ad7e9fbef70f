import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { permanent } from '#shared/errors/app-error';
import { questionForm } from '../pairs/forms.js';
import type { TrainingPair } from '../pairs/training-pair.js';
import type { Contexts, IsShown } from './contexts.js';
import type { TrainingExample } from './example.js';
import type { Manifest } from './manifest.js';
import { sha256Of } from './question-sets.js';

/** Questions with approved SQL on a database that a deployment serves. */
export interface VerifiedDatabase {
  name: string;
  snapshot: SchemaSnapshot;
  pairs: { id: string; question: string; sql: string }[];
}

/** @throws AppError `invalid_request` where a datasource has the name of a database: one would get the other's schema */
export function approvedPairs(
  verified: readonly VerifiedDatabase[],
  databases: ReadonlyMap<string, unknown>,
): TrainingPair[] {
  const taken = verified.find(({ name }) => databases.has(name));
  if (taken)
    throw permanent(
      'invalid_request',
      `${taken.name} is a datasource and a database of the question sets: prepare them apart`,
    );
  return verified.flatMap(({ name, pairs }) =>
    pairs.map(({ id, question, sql }): TrainingPair => ({
      database: name,
      question,
      sql,
      source: 'verified',
      example: id,
    })),
  );
}

/** Of what may be learned from, the service shows what is most like a question beside it. */
export function approveKept(contexts: Contexts, kept: readonly TrainingPair[]): void {
  const approved = kept.filter(({ example }) => example !== undefined);
  for (const [database, pairs] of Map.groupBy(approved, (pair) => pair.database))
    contexts.approve(
      database,
      pairs.map(({ example = '', question, sql }) => ({ id: example, question, sql })),
    );
}

/** As at the time when the question was new: neither it nor its SQL stood among the verified examples. */
export function beside(pair: TrainingPair, shown: ReadonlySet<string | undefined>): IsShown {
  const [question, statement] = [questionForm(pair.question), folded(pair.sql)];
  return ({ id, ...other }) =>
    shown.has(id) && questionForm(other.question) !== question && folded(other.sql) !== statement;
}

export function examplesIn(written: readonly TrainingExample[]): Manifest['verifiedExamples'] {
  return written
    .flatMap(({ meta: { example: id, question, sql } }) =>
      id === undefined ? [] : [{ id, sha256: sha256Of(`${question}\n${sql}`) }],
    )
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

function folded(sql: string): string {
  return sql
    .toLowerCase()
    .replaceAll(/[\s;]+/g, ' ')
    .trim();
}
