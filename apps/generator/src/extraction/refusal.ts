import { withoutReasoning } from './reasoning.js';

/** What a model says instead of SQL, in the form that the prompt offers it. */
export interface Refusal {
  kind: 'clarify' | 'not_answerable';
  text: string;
}

const longest = 1_000;
/** In capitals and first, or prose that begins with the word would be taken for it. */
const form = /^\s*(?:```\w*\s*)?(?<kind>CLARIFY|NOT_ANSWERABLE)\b[ \t]*:?(?<text>[^`]*)/;

/** What most of the replies say instead of SQL; null where they do not. */
export function refusalOf(replies: readonly string[]): Refusal | null {
  const refusals = replies.flatMap((reply) => readRefusal(reply) ?? []);
  for (const kind of ['clarify', 'not_answerable'] as const) {
    const alike = refusals.filter((refusal) => refusal.kind === kind);
    if (alike.length * 2 > replies.length) return alike[0] ?? null;
  }
  return null;
}

function readRefusal(reply: string): Refusal | null {
  const { kind, text = '' } = form.exec(withoutReasoning(reply))?.groups ?? {};
  const said = text.replaceAll(/\s+/gu, ' ').trim().slice(0, longest);
  if (kind === 'NOT_ANSWERABLE') return { kind: 'not_answerable', text: said };
  return kind === 'CLARIFY' && said !== '' ? { kind: 'clarify', text: said } : null;
}
