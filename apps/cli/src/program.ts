import { Command, CommanderError } from 'commander';
import { addAskCommand } from './commands/ask.js';
import { addDatasourceCommand } from './commands/datasource.js';
import { addDemoCommand } from './commands/demo.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addEvalCommand } from './commands/eval.js';
import { addFeedbackCommand } from './commands/feedback.js';
import { addModelCommand } from './commands/model.js';
import { addSqlCommand } from './commands/sql.js';
import { addTestCommand } from './commands/test.js';
import { addTrainCommand } from './commands/train.js';
import { addUpCommand } from './commands/up.js';

const usageStatus = 2;

const environmentHelp = `
Environment:
  NANO_HOME      where embedded state lives (default: ~/.local/share/nano-analyst)
  NANO_URL       gateway to talk to, instead of an embedded one
  NANO_API_KEY   key for it
  LLM_BASE_URL   OpenAI-compatible model server, with LLM_MODEL; else one found on this machine, else a rule-based
                 baseline answers
  LOG_LEVEL      debug shows stack traces

Examples:
  ./nano demo
  ./nano up
  ./nano ask "How many orders were returned?"`;

/** Every command with its options and help; what a command needs is loaded when it runs. */
export function createProgram(): Command {
  const program = new Command('nano')
    .description(
      'Nano-Analyst: questions in plain language about your databases, answered on your own machines',
    )
    .usage('<command> [options]')
    // A command's options are its own, whatever those of the commands above it are called.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .showHelpAfterError('See `./nano --help`.')
    .addHelpText('after', environmentHelp)
    .exitOverride();
  addDemoCommand(program);
  addUpCommand(program);
  addAskCommand(program);
  addDatasourceCommand(program);
  addFeedbackCommand(program);
  addModelCommand(program);
  addSqlCommand(program);
  addEvalCommand(program);
  addTrainCommand(program);
  addDoctorCommand(program);
  addTestCommand(program);
  return program;
}

/** Runs one command line; throws what the command throws. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = createProgram();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : usageStatus;
  }
}
