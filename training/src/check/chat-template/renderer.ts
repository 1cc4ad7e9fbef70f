import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { TrainingExample } from '../../prepare/example.js';
import type { ChatTemplate } from './chat-template.js';

export type Conversation = TrainingExample['messages'];

export type Rendering =
  | {
      /** All but the reply, up to where the model goes on: what it is served with. */
      prompt: string;
      /** What it learns from. */
      whole: string;
    }
  | {
      /** In the template's own words: many take no system message, or roles in turn only. */
      refusal: string;
    };

export interface RenderWork extends ChatTemplate {
  conversations: readonly Conversation[];
  /** Characters beside the messages. */
  mostAdded: number;
  timeoutMs: number;
}

/** `failure` of the template as a whole. */
type Answer = { renderings: Rendering[] } | { failure: string };

export interface RenderLimits {
  /** Milliseconds for all, and for each conversation beside that. */
  base: number;
  each: number;
}

/** A template of a known family takes less than a millisecond for a conversation. */
const usual: RenderLimits = { base: 10_000, each: 20 };
const atOnce = 200;
const mostAdded = 20_000;
const memoryMb = 128;
/** Tests run from the source. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/**
 * Conversations by the model's template, in their order.
 * @throws Error for a template that is none, or that does not end within its time and memory
 */
export async function render(
  template: ChatTemplate,
  conversations: readonly Conversation[],
  { base, each }: RenderLimits = usual,
): Promise<Rendering[]> {
  const timeoutMs = base + each * conversations.length;
  const signal = AbortSignal.timeout(timeoutMs);
  const child = fork(new URL(`./render-child.${extension}`, import.meta.url), {
    execArgv: [`--max-old-space-size=${memoryMb}`],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // One for all questions: each would add its listeners.
  const ended = endOf(child, signal);
  try {
    const renderings: Rendering[] = [];
    for (let at = 0; at < conversations.length; at += atOnce) {
      const some = conversations.slice(at, at + atOnce);
      const answered = ask(child, { ...template, conversations: some, mostAdded, timeoutMs }, signal);
      const answer = await Promise.race([answered, ended]);
      if ('failure' in answer) throw new Error(answer.failure);
      renderings.push(...answer.renderings);
    }
    return renderings;
  } catch (error) {
    if (signal.aborted) throw new Error(`it does not end within ${timeoutMs / 1_000} s`, { cause: error });
    throw error;
  } finally {
    child.kill('SIGKILL');
  }
}

async function endOf(child: ChildProcess, signal: AbortSignal): Promise<Answer> {
  const [code, by] = (await once(child, 'exit', { signal })) as unknown[];
  return { failure: `its process ended (${String(by ?? code)}); it has ${memoryMb} MB` };
}

async function ask(child: ChildProcess, work: RenderWork, signal: AbortSignal): Promise<Answer> {
  const answered = once(child, 'message', { signal });
  // A message that cannot be sent has its reason in the exit that follows.
  child.send(work, () => undefined);
  const [answer] = (await answered) as [Answer];
  return answer;
}
