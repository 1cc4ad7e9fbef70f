import { markQuestion } from '#shared/model-server/marked-question';
import type { Question } from '../questions/question-set.js';
import { askedQuestion, type AskedQuestion } from './asked-question.js';
import type { EvaluatedService } from './service.js';

export interface AskingOptions {
  /** Questions in flight at a time. */
  concurrency: number;
  candidates: number;
  maxCorrections: number;
  /** The model is a recorded one: questions whose text occurs more than once carry their place in the set. */
  recorded: boolean;
}

export interface Asking extends AskingOptions {
  service: EvaluatedService;
  datasourceOf(dbId: string): string;
  /** Every question of the set, asked in this run or not. */
  all: readonly Question[];
  onAsked(asked: AskedQuestion): void;
  interrupt: AbortSignal;
}

/** Asks the questions, several at a time, in order. Ends early when interrupted or when the service is gone. */
export async function askAll(questions: readonly Question[], asking: Asking): Promise<void> {
  const texts = asking.recorded ? textOfEach(asking.all) : (question: Question) => question.question;
  const waiting = [...questions];
  let broken = false;
  const next = async (): Promise<void> => {
    for (let question = waiting.shift(); question; question = waiting.shift()) {
      if (broken || asking.interrupt.aborted) return;
      try {
        const query = await asking.service.ask(
          {
            question: texts(question),
            datasource: asking.datasourceOf(question.dbId),
            candidates: asking.candidates,
            maxCorrections: asking.maxCorrections,
          },
          asking.interrupt,
        );
        if (query.status !== 'cancelled') asking.onAsked(askedQuestion(question.index, query));
      } catch (error) {
        broken = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: asking.concurrency }, next));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

function textOfEach(all: readonly Question[]): (question: Question) => string {
  const same = Map.groupBy(all, ({ question }) => folded(question));
  return ({ question, index }) =>
    (same.get(folded(question))?.length ?? 0) > 1 ? markQuestion(question, index) : question;
}

function folded(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}
