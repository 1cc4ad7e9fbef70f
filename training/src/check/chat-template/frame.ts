import type { Conversation } from './renderer.js';

/** What a template writes around the messages. */
export interface Frame {
  /** Before each message; that of the reply is last. */
  before: string[];
  /** After the reply. */
  end: string;
}

/** The frame of a conversation, or what keeps the model from reading its messages as they are. */
export function frameOf(messages: Conversation, whole: string): Frame | { problem: string } {
  const before: string[] = [];
  let from = 0;
  for (const { role, content } of messages) {
    const at = whole.indexOf(content, from);
    if (at < 0) {
      const trimmed = content.trim();
      const how = trimmed !== content && whole.includes(trimmed, from) ? 'cuts white space of' : 'changes';
      return { problem: `${how} the ${role} message` };
    }
    before.push(whole.slice(from, at));
    from = at + content.length;
  }
  const end = whole.slice(from);
  const reply = messages.at(-1)?.content ?? '';
  return end.includes(reply) ? { problem: 'repeats the reply' } : { before, end };
}

const signs = /<[^<>\s]{1,60}>|<<\/?[A-Z]+>>|\[\/?[A-Z_]{3,30}\]/gu;

/** Texts of the frame that begin or end a message, longest first. Shorter ones than four letters stand in honest texts. */
export function markersOf({ before, end }: Frame): string[] {
  const parts = [...before, end];
  const markers = [...parts.flatMap((part) => part.match(signs) ?? []), ...parts.map((part) => part.trim())];
  return [...new Set(markers)]
    .filter((marker) => marker.length >= 4)
    .sort((one, other) => other.length - one.length);
}

/** What the frame says beside signs and roles: a date, or what the template's author tells the model it is. */
export function ownTextOf({ before, end }: Frame, controls: readonly string[]): string {
  return [...before, end]
    .map((part) =>
      controls
        .reduce((text, control) => text.replaceAll(control, ' '), part)
        .replaceAll(signs, ' ')
        .replaceAll(/\b(?:system|user|assistant|model)\b/giu, ' ')
        .trim(),
    )
    .filter((text) => /\p{L}{2}/u.test(text))
    .join(' … ')
    .replaceAll(/\s+/gu, ' ');
}
