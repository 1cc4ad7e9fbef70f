import { Inject, Injectable } from '@nestjs/common';
import type { AttemptDetails, Candidate } from '#shared/contracts/attempt';
import type { Context } from '#shared/contracts/context';
import { permanent } from '#shared/errors/app-error';
import type { Purpose } from '#shared/models/purposes';
import type { QueryWork } from '#shared/persistence/query.work';
import { QueryStore } from '#shared/persistence/query.store';
import type { StartedAttempt } from '#shared/persistence/transition';
import { buildPrompt } from '#shared/prompt/prompt';
import { JobQueue } from '#shared/queue/job-queue';
import { GENERATOR_CONFIG, type GeneratorConfig } from './config.js';
import { extractSql } from './extraction/extract-sql.js';
import { type Refusal, refusalOf } from './extraction/refusal.js';
import { Model, type ModelLimits, type Reply, type Wanted } from './model/model.js';

/** Asks the model for candidates and hands the query to the executor. */
@Injectable()
export class GenerateService {
  constructor(
    @Inject(Model) private readonly model: Model,
    private readonly queries: QueryStore,
    private readonly queue: JobQueue,
    @Inject(GENERATOR_CONFIG) private readonly config: GeneratorConfig,
  ) {}

  async generate(work: QueryWork, signal: AbortSignal): Promise<void> {
    if (!work.context)
      throw permanent('internal_error', 'The query came to the generator without a context.', {
        stage: 'generate',
      });
    const started = performance.now();
    const { question, context, attempts } = work;
    const wanted: Wanted = { purpose: purposeOf(work.attempt, context), dialect: context.dialect };
    const { messages, facts } = buildPrompt(
      { question, context, attempts },
      this.config.LLM_PROMPT_TEMPLATE,
      promptBudget(await this.model.limits(wanted)),
    );
    const reply = await this.model.reply(messages, {
      ...wanted,
      samples: work.candidateCount,
      signal,
    });
    const refusal = refusalOf(reply.texts);
    const attempt: StartedAttempt = {
      number: work.attempt,
      model: reply.model,
      candidates: refusal ? [] : toCandidates(reply.texts),
      promptTokens: reply.promptTokens,
      completionTokens: reply.completionTokens,
      generateMs: performance.now() - started,
      details: { ...detailsOf(reply), prompt: facts },
    };
    if (refusal) await this.endWithout(work.id, attempt, refusal);
    else if (await this.queries.storeCandidates(work.id, attempt))
      await this.queue.enqueue('execute', { queryId: work.id, attempt: work.attempt });
  }

  /** The model said that it cannot write SQL for this: none is made up. */
  private async endWithout(id: string, attempt: StartedAttempt, { kind, text }: Refusal): Promise<void> {
    if (kind === 'clarify') await this.queries.storeClarification(id, attempt, text);
    else
      await this.queries.storeRefusal(id, attempt, {
        code: 'not_answerable',
        stage: 'generate',
        message: `The model says that the data does not answer this${text === '' ? '.' : `: ${text}`}`,
      });
  }
}

function purposeOf(attempt: number, { turns = [] }: Context): Purpose {
  if (attempt > 1) return 'correction';
  return turns.length > 0 ? 'follow_up' : 'first';
}

/** What the reply leaves of the model's context. */
function promptBudget({ contextTokens, maxTokens }: ModelLimits): number | null {
  return contextTokens === null ? null : contextTokens - maxTokens;
}

function detailsOf({ endpoint, fallback, constrained, gpuSeconds }: Reply): AttemptDetails {
  return {
    endpoint,
    ...(fallback && { fallback }),
    ...(constrained && { constrained }),
    ...(gpuSeconds !== undefined && { gpuSeconds }),
  };
}

/** Each SQL text once, with the number of replies that had it. A reply without SQL is a candidate that failed: the model may do better when told. */
function toCandidates(texts: readonly string[]): Candidate[] {
  const found = Map.groupBy(
    texts.map(extractSql).filter((sql) => sql !== null),
    (sql) => sql,
  );
  if (found.size > 0)
    return [...found].map(([sql, { length: votes }]) => ({
      sql,
      outcome: 'proposed',
      ...(votes > 1 && { votes }),
    }));
  const message = 'The reply holds no SQL statement.';
  return [
    { sql: (texts[0] ?? '').slice(0, 2_000), outcome: 'rejected', error: { class: 'syntax', message } },
  ];
}
