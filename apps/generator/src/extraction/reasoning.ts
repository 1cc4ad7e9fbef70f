const opening = /\s*(?:<(?:think|thinking|thought|reasoning)>|\[THINK\])/iy;
const closing = /<\/(?:think|thinking|thought|reasoning)>|\[\/THINK\]/gi;
/** More than white space stands behind one in a literal. */
const closingAlone = /(?:<\/(?:think|thinking|thought|reasoning)>|\[\/THINK\])(?=\s|$|```)/gi;

/** A reply without what the model thought aloud before it. Thinking that does not end leaves nothing. */
export function withoutReasoning(reply: string): string {
  const text = reply.replaceAll('\r\n', '\n');
  let at = 0;
  for (opening.lastIndex = 0; opening.test(text); opening.lastIndex = at) {
    closing.lastIndex = opening.lastIndex;
    if (!closing.test(text)) return '';
    at = closing.lastIndex;
  }
  return (at > 0 ? text.slice(at) : behindThinking(text)).trim();
}

/** Where the chat template has opened the thinking, the reply holds its end alone. */
function behindThinking(text: string): string {
  const end = [...text.matchAll(closingAlone)].at(-1);
  if (!end) return text;
  const behind = text.slice(end.index + end[0].length);
  return behind.trim() === '' ? text.slice(0, end.index) : behind;
}
