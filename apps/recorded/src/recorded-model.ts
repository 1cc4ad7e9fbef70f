import type { Message } from '#shared/model-server/completions';
import { RefusedRequest, type ServedModel } from '#shared/model-server/model-server';
import { comparable, readAsked, type Asked } from './asked.js';
import type { Recording } from './recordings.js';

/** Answers with recorded outputs: sample n with those of file n, and from the first file again past the last. */
export class RecordedModel implements ServedModel {
  readonly id = 'nano-recorded';
  private readonly byQuestion: Map<string, Recording[]>;

  constructor(private readonly recordings: readonly Recording[]) {
    this.byQuestion = Map.groupBy(recordings, ({ question }) => question);
  }

  reply(messages: Message[], n: number, first = 0): string[] {
    const asked = readAsked(messages.findLast(({ role }) => role === 'user')?.content ?? '');
    const recording = asked && this.find(asked);
    if (!recording)
      throw new RefusedRequest(
        'not_recorded',
        `no output is recorded for: ${asked?.question ?? 'no question'}`,
      );
    const { samples } = recording;
    return Array.from({ length: n }, (_, at) =>
      attemptOf(samples[(first + at) % samples.length] ?? [], asked),
    );
  }

  /** By its place where it carries one, else by its text and the tables of the context. */
  private find({ question, index, tables }: Asked): Recording | undefined {
    if (index !== undefined) {
      const recording = this.recordings[index];
      return recording?.question === question ? recording : undefined;
    }
    const same = this.byQuestion.get(question) ?? [];
    return same.find((recording) => tables.every((name) => recording.tables.has(name))) ?? same[0];
  }
}

/** The first text that has not failed yet; the last one where all have. */
function attemptOf(texts: readonly string[], { failed }: Asked): string {
  return texts.find((text) => !failed.has(comparable(text))) ?? texts.at(-1) ?? '';
}
