/** Renders conversations by a template that anybody may have written, in a process that its parent ends. */
import { Script } from 'node:vm';
import { Template } from '@huggingface/jinja';
import type { Conversation, Rendering, RenderWork } from './renderer.js';

/** Ends by itself also where the parent was killed meanwhile. */
const bounded = new Script('work()');

process.on('message', (work: RenderWork) => {
  const answer = bounded.runInNewContext(
    { work: () => answerTo(work) },
    { timeout: work.timeoutMs },
  ) as object;
  process.send?.(answer);
});

function answerTo({ source, tokens, mostAdded, conversations }: RenderWork): object {
  let template: Template;
  try {
    template = new Template(source);
  } catch (error) {
    return { failure: saidBy(error) };
  }
  return { renderings: conversations.map(renderingOf) };

  function renderingOf(messages: Conversation): Rendering {
    try {
      return { prompt: rendered(messages.slice(0, -1), true), whole: rendered(messages, false) };
    } catch (error) {
      return { refusal: saidBy(error) };
    }
  }

  function rendered(messages: Conversation, addGenerationPrompt: boolean): string {
    const text = template.render({
      ...tokens,
      messages,
      tools: null,
      documents: null,
      add_generation_prompt: addGenerationPrompt,
    });
    const given = messages.reduce((sum, { content }) => sum + content.length, 0);
    if (text.length > given + mostAdded) throw new Error(`it adds more than ${mostAdded} characters`);
    return text;
  }
}

function saidBy(error: unknown): string {
  return String(error instanceof Error ? error.message : error).slice(0, 200);
}
