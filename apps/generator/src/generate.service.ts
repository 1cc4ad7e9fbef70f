import { Inject, Injectable } from '@nestjs/common';
import type { AttemptDetails, Candidate } from '#shared/contracts/attempt';
import type { Context } from '#shared/contracts/context';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { permanent } from '#shared/errors/app-error';
import type { Purpose } from '#shared/models/purposes';
import type { QueryWork } from '#shared/persistence/query.work';
import { QueryStore } from '#shared/persistence/query.store';
import { SnapshotReader } from '#shared/persistence/snapshot.reader';
import type { StartedAttempt } from '#shared/persistence/transition';
import { QueryTexts } from '#shared/persistence/query.texts';
import { buildPrompt } from '#shared/prompt/prompt';
import { JobQueue } from '#shared/queue/job-queue';
import { GENERATOR_CONFIG, type GeneratorConfig } from './config.js';
import { type Refusal, refusalOf } from './extraction/refusal.js';
import { toCandidates } from './extraction/to-candidates.js';
import { ContextGrammars } from './grammar/context-grammars.js';
import { Model, type ModelLimits, type Wanted } from './model/model.js';
import { Repairer } from './repair/repairer.js';
import { type Sampled, Sampler } from './sampling/sampler.js';

/** Asks the model for candidates and hands the query to the executor: prompt, model, extraction, repair, store. */
@Injectable()
export class GenerateService {
  constructor(
    @Inject(Model) private readonly model: Model,
    private readonly repairer: Repairer,
    private readonly snapshots: SnapshotReader,
    private readonly grammars: ContextGrammars,
    private readonly sampler: Sampler,
    private readonly texts: QueryTexts,
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
    const limits = await this.model.limits(wanted);
    const { messages, facts } = buildPrompt(
      { question, context, attempts },
      limits.template ?? this.config.LLM_PROMPT_TEMPLATE,
      promptBudget(limits),
    );
    const snapshot = await this.snapshotOf(work);
    const grammar = snapshot && this.grammars.grammarOf(context, snapshot);
    const reply = await this.sampler.sample(messages, {
      ...wanted,
      samples: work.candidateCount,
      signal,
      ...(work.stream && {
        onText: (text, offset) => this.texts.write({ id: work.id, attempt: work.attempt, offset, text }),
      }),
      ...(grammar && { grammar }),
    });
    const refusal = refusalOf(reply.texts);
    const attempt: StartedAttempt = {
      number: work.attempt,
      model: reply.model,
      candidates: refusal ? [] : await this.candidatesOf(reply, snapshot),
      promptTokens: reply.promptTokens,
      completionTokens: reply.completionTokens,
      generateMs: performance.now() - started,
      details: { ...detailsOf(reply), prompt: facts },
    };
    if (refusal) await this.endWithout(work.id, attempt, refusal);
    else if (await this.queries.storeCandidates(work.id, attempt))
      await this.queue.enqueue('execute', { queryId: work.id, attempt: work.attempt });
  }

  /** As the statements will find the database; null where it has just been replaced or removed. */
  private async snapshotOf({ datasourceId, datasource }: QueryWork): Promise<SchemaSnapshot | null> {
    if (!datasource || datasource.fingerprint === null) return null;
    return (await this.snapshots.snapshot(datasourceId, datasource.fingerprint)) ?? null;
  }

  private async candidatesOf({ texts, cut }: Sampled, snapshot: SchemaSnapshot | null): Promise<Candidate[]> {
    const candidates = toCandidates(texts, cut);
    return snapshot ? this.repairer.repairAll(candidates, snapshot) : candidates;
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

function detailsOf({ endpoint, fallback, constrained, sampling, gpuSeconds }: Sampled): AttemptDetails {
  return {
    endpoint,
    ...(fallback && { fallback }),
    ...(constrained && { constrained }),
    ...(sampling && { sampling }),
    ...(gpuSeconds !== undefined && { gpuSeconds }),
  };
}
