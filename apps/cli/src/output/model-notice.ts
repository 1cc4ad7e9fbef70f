import type { Host } from '../embedded/host.js';
import type { Output } from './terminal.js';

/** Nobody shall take the stand-in's answers for those of a language model, nor wonder which model was found. */
export function tellModel({ model }: Pick<Host, 'model'>, output: Output): void {
  if (model?.isFound)
    output.line(`Found on this machine: ${model.description} answers. NANO_FIND_MODEL=off leaves it alone.`);
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
