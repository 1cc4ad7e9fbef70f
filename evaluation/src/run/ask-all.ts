import { markQuestion } from '#shared/model-server/marked-question';
import type { Question } from '../questions/question-set.js';
import { askedQuestion, type AskedQuestion } from './asked-question.js';
import type { EvaluatedService } from './service.js';

export interface AskingOptions {
  /** Questions in flight at a time; of a dialogue one. */
  concurrency: number;
  candidates: number;
  maxCorrections: number;
  /** The model is a recorded one: questions whose text occurs more than once carry their place in the set. */
  recorded: boolean;
  /** The turns of a dialogue in one conversation, so that each sees what the service made of the earlier ones. */
  conversations: boolean;
}

export interface Asking extends AskingOptions {
  service: EvaluatedService;
  datasourceOf(dbId: string): string;
  /** Every question of the set, asked in this run or not. */
  all: readonly Question[];
  onAsked(asked: AskedQuestion): void;
  interrupt: AbortSignal;
  /** Of the earlier turns of dialogues that a resumed run goes on with, by the dialogue's number. */
  conversationOf?: ReadonlyMap<number, string>;
}

/** Asks the questions, several at a time, in order, the turns of a dialogue one after the other. Ends early when interrupted or when the service is gone. */
export async function askAll(questions: readonly Question[], asking: Asking): Promise<void> {
  const texts = asking.recorded ? textOfEach(asking.all) : (question: Question) => question.question;
  const waiting = dialoguesOf(questions);
  let broken = false;
  const next = async (): Promise<void> => {
    for (let turns = waiting.shift(); turns; turns = waiting.shift()) {
      let conversationId = asking.conversationOf?.get(turns[0]?.interaction ?? -1);
      for (const question of turns) {
        if (broken || asking.interrupt.aborted) return;
        try {
          const query = await asking.service.ask(
            {
              question: texts(question),
              datasource: asking.datasourceOf(question.dbId),
              candidates: asking.candidates,
              maxCorrections: asking.maxCorrections,
              ...(asking.conversations && conversationId !== undefined && { conversationId }),
            },
            asking.interrupt,
          );
          conversationId ??= query.conversationId;
          if (query.status !== 'cancelled') asking.onAsked(askedQuestion(question.index, query));
        } catch (error) {
          broken = true;
          throw error;
        }
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: asking.concurrency }, next));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

/** Questions by dialogue; one of its own for each that is of none. */
function dialoguesOf(questions: readonly Question[]): Question[][] {
  return [...Map.groupBy(questions, ({ interaction, index }) => interaction ?? `question ${index}`).values()];
}

function textOfEach(all: readonly Question[]): (question: Question) => string {
  const same = Map.groupBy(all, ({ question }) => folded(question));
  return ({ question, index }) =>
    (same.get(folded(question))?.length ?? 0) > 1 ? markQuestion(question, index) : question;
}

function folded(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}
