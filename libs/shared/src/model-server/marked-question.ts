const mark = /\s\[question (\d+)\]$/u;

/**
 * A question that carries its place in its set: how the recorded model tells apart questions whose text occurs
 * more than once. No other model gets to see it.
 */
export function markQuestion(question: string, index: number): string {
  return `${question} [question ${index}]`;
}

export function readMark(question: string): { question: string; index: number | undefined } {
  const index = mark.exec(question)?.[1];
  return { question: question.replace(mark, ''), index: index === undefined ? undefined : Number(index) };
}
