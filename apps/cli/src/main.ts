import { isDebug } from './config.js';
import { runProgram } from './program.js';

try {
  await runProgram(process.argv.slice(2));
} catch (error) {
  const { reportError } = await import('./output/report-error.js');
  process.exitCode = reportError(error, isDebug());
}
// What a command started is stopped by now; a timer that is left must not keep the process.
process.exit();
