import type { Dialect } from '#shared/contracts/datasource';
import type { StatementComparer } from '../../../../evaluation/src/execution/comparison.js';
import { ComparisonPool } from '../../../../evaluation/src/execution/comparison-pool.js';
import { PostgresComparer } from '../../../../evaluation/src/execution/postgres-comparer.js';
import { readPairs } from '../../../../evaluation/src/questions/pairs.js';
import type { QuestionSet } from '../../../../evaluation/src/questions/question-set.js';
import { schemaOfTables } from '../../../../evaluation/src/questions/snapshot-schema.js';
import { readDataset } from '../../../../evaluation/src/spider/dataset.js';
import type { OfficialFormOptions } from '../../../../evaluation/src/statement/official-form.js';
import { CliError } from '../cli-error.js';
import type { DatasourceView, GatewayClient } from '../client/gateway-client.js';
import { arePairs, type EvalOptions } from './eval.options.js';

/** Questions, and how to compare the results of their statements. */
export interface Examination {
  set: QuestionSet;
  areRegistered: boolean;
  comparer: StatementComparer;
  form: OfficialFormOptions;
}

/** Spider's own comparison: DISTINCT does not count, `value` stands for 1. */
const officialForm = { keepDistinct: false, plainValueIsOne: true };
/** Statements of one's own are compared as they stand. */
const literalForm = { keepDistinct: true, plainValueIsOne: false };

/** What to read before there is a service: the questions themselves. */
export function readQuestions(options: EvalOptions): QuestionSet {
  if (!arePairs(options)) return readDataset(options.data ?? '.', options.questions);
  const questions = readPairs(options.questions ?? '', options.datasource);
  return { questions, schemas: new Map(), databases: () => [] };
}

/** What the service adds: where registered datasources are, and their schemas. */
export async function prepareExamination(
  options: EvalOptions,
  set: QuestionSet,
  client: GatewayClient,
): Promise<Examination> {
  if (!arePairs(options))
    return { set, areRegistered: false, comparer: new ComparisonPool(), form: officialForm };
  const names = [...new Set(set.questions.map(({ dbId }) => dbId))];
  const found = await Promise.all(names.map((name) => client.datasource(name)));
  const schemas = new Map(found.map(({ name, tables = [] }) => [name, schemaOfTables(tables)]));
  if (found.length > 1 && found.some(({ dialect }) => dialect !== 'sqlite'))
    throw new CliError('usage', 'questions on a database server must be about one datasource only');
  const places = new Map(found.map((datasource) => [datasource.name, placeOf(datasource, options)]));
  return {
    set: { ...set, schemas, databases: (dbId) => [places.get(dbId) ?? dbId] },
    areRegistered: true,
    comparer: comparerFor(found[0]?.dialect ?? 'sqlite'),
    form: literalForm,
  };
}

function comparerFor(dialect: Dialect): StatementComparer {
  switch (dialect) {
    case 'sqlite':
      return new ComparisonPool();
    case 'postgres':
      return new PostgresComparer();
    case 'mysql':
      throw new CliError('usage', 'results of MySQL and MariaDB datasources cannot be compared yet');
  }
}

/** Where to run the statements: the service tells files, and keeps the credentials of servers to itself. */
function placeOf({ name, dialect, location }: DatasourceView, { connection }: EvalOptions): string {
  if (dialect === 'sqlite') return location;
  if (connection !== undefined) return connection;
  throw new CliError(
    'usage',
    `the service keeps the credentials of ${name} to itself: give --connection to compare results`,
  );
}

/** The set as the recorded model reads it. */
export function recordedQuestions({
  questions,
  schemas,
}: QuestionSet): { question: string; tables: string[] }[] {
  return questions.map(({ question, dbId }) => ({
    question,
    tables: [...(schemas.get(dbId)?.columns.keys() ?? [])],
  }));
}
