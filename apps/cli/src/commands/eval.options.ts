import { extname } from 'node:path';
import { CliError } from '../cli-error.js';

export interface EvalOptions {
  data?: string;
  questions?: string;
  examples?: string;
  datasource?: string;
  connection?: string;
  out: string;
  recorded?: string[];
  recordedPort: number;
  predictions?: string;
  limit?: number;
  db?: string;
  candidates?: number;
  maxCorrections: number;
  concurrency: number;
  url?: string;
  separateTurns?: true;
  resume?: true;
  compareWith?: string;
  gpus?: number;
  json?: true;
}

const pairFiles = new Set(['.csv', '.jsonl', '.yaml', '.yml']);

/** Whether the questions are pairs of question and SQL for registered datasources, not a Spider-style set. */
export function arePairs({ questions }: Pick<EvalOptions, 'questions'>): boolean {
  return questions !== undefined && pairFiles.has(extname(questions).toLowerCase());
}

/** @throws CliError for options that do not go together */
export function checkOptions(options: EvalOptions): void {
  const problem = problemOf(options);
  if (problem) throw new CliError('usage', problem);
}

function problemOf(options: EvalOptions): string | undefined {
  const { data, questions, examples, datasource, recorded, recordedPort, predictions, url } = options;
  const pairs = arePairs(options);
  if (!pairs && data === undefined)
    return '--data is missing, or --questions with a CSV, JSON Lines or YAML file';
  if (pairs && data !== undefined)
    return `--data does not go with ${questions}: its questions are about registered datasources`;
  if (datasource !== undefined && !pairs) return '--datasource is for a --questions file of your own';
  if (examples !== undefined && (pairs || predictions !== undefined))
    return '--examples is for a run on the databases of --data';
  if (predictions !== undefined && recorded) return '--predictions and --recorded exclude each other';
  if (predictions !== undefined && pairs) return '--predictions scores Spider-style folders only';
  if (url !== undefined && recorded && recordedPort === 0)
    return '--recorded with --url needs --recorded-port, and a deployment whose LLM_BASE_URL points there';
  return undefined;
}
