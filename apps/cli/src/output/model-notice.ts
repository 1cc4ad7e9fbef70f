import type { Host } from '../embedded/host.js';
import type { Output } from './terminal.js';

/** Nobody shall take the stand-in's answers for those of a language model. */
export function warnOfBaseline({ model }: Pick<Host, 'model'>, output: Output): void {
  if (model) return;
  output.line(
    output.style(['bold', 'yellow'], 'No language model is configured: the built-in baseline answers.'),
  );
  output.line(
    output.style(
      'yellow',
      'It is a rule-based stand-in for simple questions. Set LLM_BASE_URL and LLM_MODEL for a real one.',
    ),
  );
}
