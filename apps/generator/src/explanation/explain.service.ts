import { Inject, Injectable } from '@nestjs/common';
import type { AppError } from '#shared/errors/app-error';
import { ExplanationStore } from '#shared/persistence/explanation.store';
import { buildExplanationPrompt } from '#shared/prompt/explanation';
import { Model } from '../model/model.js';
import { toParagraph } from './to-paragraph.js';

/** Asks the base model what an answer's SQL does, after the query has ended. */
@Injectable()
export class ExplainService {
  constructor(
    @Inject(Model) private readonly model: Model,
    private readonly explanations: ExplanationStore,
  ) {}

  async explain(queryId: string): Promise<void> {
    const work = await this.explanations.unexplained(queryId);
    if (!work) return;
    const { question, sql, dialect } = work;
    const reply = await this.model.reply(buildExplanationPrompt(question, sql, dialect), {
      purpose: 'explanation',
      dialect,
      samples: 1,
      // Nobody can cancel it, and the time limits of the model hold.
      signal: new AbortController().signal,
    });
    const text = toParagraph(reply.texts[0] ?? '');
    const told = text === '' ? { message: 'The model wrote nothing.' } : { text };
    await this.explanations.store(queryId, { model: reply.model, ...told });
  }

  /** Says why there is none. */
  giveUp(queryId: string, { message }: Pick<AppError, 'message'>): Promise<void> {
    return this.explanations.store(queryId, { message });
  }
}
