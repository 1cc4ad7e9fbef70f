import { describeError } from '#shared/errors/app-error';
import type { TrainingExample } from '../../prepare/example.js';
import type { CheckResult, Finding } from '../finding.js';
import type { ChatModel } from '../chat-model.js';
import { type Frame, frameOf, markersOf, ownTextOf } from './frame.js';
import { render, type Rendering, type RenderLimits } from './renderer.js';

type Rendered = Exclude<Rendering, { refusal: string }>;

export interface TemplateChecks {
  checks: CheckResult[];
  /** Tokens of each example as the model reads it, prompt and reply; null where the template does not render it. */
  lengths: (number | null)[];
}

/**
 * Examples as the model's own chat template lays them out. The reply is learned well only where it stands once, at the end, ended by a
 * control token, after exactly what the model is served with; and nobody's text may begin a message.
 */
export async function fitsChatTemplate(
  examples: readonly TrainingExample[],
  model: ChatModel,
  limits?: RenderLimits,
): Promise<TemplateChecks> {
  const { template } = model;
  if (!template) return broken(examples, 'the model has no chat template');
  let renderings: Rendering[];
  try {
    renderings = await render(
      template,
      examples.map(({ messages }) => messages),
      limits,
    );
  } catch (error) {
    return broken(examples, `it cannot be rendered: ${describeError(error)}`);
  }
  const laid = examples.map((example, at) => layOut(example, renderings[at], model));
  const frames = new Map(laid.flatMap(({ frame }) => (frame ? [[JSON.stringify(frame), frame]] : [])));
  const findings = laid.flatMap(({ problems }, at) =>
    problems.map((message) => ({ id: examples[at]?.meta.id ?? null, message })),
  );
  if (frames.size > 1)
    findings.push({ id: null, message: `it frames the messages in ${frames.size} ways, as they say` });
  const [first] = frames.values();
  const own = first ? ownTextOf(first, model.controls) : '';
  const dated = template.source.includes('strftime_now') ? ', with the date of the day' : '';
  return {
    checks: [
      result("fits the model's chat template", 'error', examples, findings),
      result(
        'gets no text from the chat template',
        'warning',
        examples,
        own === '' ? [] : [{ id: null, message: `gets “${own.slice(0, 300)}”${dated}` }],
      ),
    ],
    lengths: laid.map(({ length }) => length),
  };
}

interface Layout {
  problems: string[];
  frame: Frame | null;
  length: number | null;
}

function layOut({ messages }: TrainingExample, rendering: Rendering | undefined, model: ChatModel): Layout {
  if (!rendering || 'refusal' in rendering)
    return { problems: [`it refuses: ${rendering?.refusal ?? 'no answer'}`], frame: null, length: null };
  const ids = model.encode(rendering.whole);
  const frame = frameOf(messages, rendering.whole);
  if ('problem' in frame) return { problems: [`it ${frame.problem}`], frame: null, length: ids.length };
  const texts = messages.map(({ content }) => content);
  const forged = markersOf(frame).find((marker) => texts.some((text) => text.includes(marker)));
  return {
    problems: [
      ...(forged === undefined ? [] : [`holds “${forged}”, with which it frames messages`]),
      ...endProblems(frame, model),
      ...prefixProblems(rendering, messages.at(-1)?.content ?? '', frame, ids, model),
    ],
    frame,
    length: ids.length,
  };
}

/** A model that never saw the end of a reply writes on. */
function endProblems({ end }: Frame, { controls, template }: ChatModel): string[] {
  const ends = [...controls, template?.tokens.eos_token].filter(
    (token) => token !== undefined && token !== '',
  );
  return ends.some((token) => end.trimStart().startsWith(token ?? '')) ? [] : ['it does not end the reply'];
}

/** The loss counts what follows the prompt: it must be the reply, in texts and in tokens. */
function prefixProblems(
  { prompt, whole }: Rendered,
  reply: string,
  { end }: Frame,
  ids: ArrayLike<number>,
  model: ChatModel,
): string[] {
  if (!whole.startsWith(prompt) || prompt.length > whole.length - end.length - reply.length)
    return ['the prompt that it is served with does not begin what is learned'];
  const served = Array.from(model.encode(prompt));
  return served.every((id, at) => id === ids[at]) ? [] : ['the last token of its prompt runs into the reply'];
}

function broken(examples: readonly TrainingExample[], message: string): TemplateChecks {
  return {
    checks: [result("fits the model's chat template", 'error', examples, [{ id: null, message }])],
    lengths: examples.map(() => null),
  };
}

function result(
  name: string,
  severity: CheckResult['severity'],
  examples: readonly TrainingExample[],
  findings: Finding[],
): CheckResult {
  return { name, severity, checked: examples.length, findings };
}
