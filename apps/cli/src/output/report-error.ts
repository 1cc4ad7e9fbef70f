import { ConfigurationError } from '#shared/config/environment';
import { describeError, isAppError } from '#shared/errors/app-error';
import { CliError } from '../cli-error.js';
import { GatewayProblem, mendOf } from '../client/problem.js';
import { plain, stderr } from './terminal.js';

/** Says what went wrong, its code and the mend; returns the exit code. */
export function reportError(error: unknown, debug: boolean): number {
  const { code, message, mend } = explainError(error);
  stderr.line(`${stderr.style('red', 'error')} ${code}: ${plain(message)}`);
  if (mend) stderr.line(`  mend: ${mend}`);
  if (debug && error instanceof Error) stderr.line(error.stack ?? '');
  return error instanceof CliError ? error.exitCode : error instanceof ConfigurationError ? 2 : 1;
}

export function explainError(error: unknown): { code: string; message: string; mend: string | undefined } {
  if (error instanceof CliError) return { code: error.code, message: error.message, mend: error.mend };
  if (error instanceof GatewayProblem)
    return { code: error.code, message: error.message, mend: mendOf(error.code) };
  if (error instanceof ConfigurationError)
    return { code: 'configuration', message: error.message, mend: 'Correct the variables that it names.' };
  if (isAppError(error)) return { code: error.code, message: error.message, mend: mendOf(error.code) };
  return {
    code: 'internal_error',
    message: describeError(error),
    mend: 'Run it again with LOG_LEVEL=debug for the details.',
  };
}
