import { Injectable } from '@nestjs/common';
import type { Candidate } from '#shared/contracts/attempt';
import type { QueryWork } from '#shared/persistence/query.work';
import { QueryStore } from '#shared/persistence/query.store';
import type { ExecutedAttempt } from '#shared/persistence/transition';
import { JobQueue } from '#shared/queue/job-queue';
import { releaseResult, rowCountOf } from '#shared/results/encoded-result';
import { Metrics } from '#shared/telemetry/metrics';
import { Choice, type Chosen, type Executed } from './candidates/choice.js';
import { votesOf } from './candidates/result-groups.js';
import { runCandidates } from './candidates/run-candidates.js';
import { MeasuredSandbox } from './sandbox/measured.sandbox.js';
import type { Outcome, Target } from './sandbox/sandbox.js';
import { Targets } from './targets.js';

/** What came of an attempt's candidates. Its results hold memory until it is stored. */
export interface Run {
  attempt: ExecutedAttempt;
  executed: Executed[];
  chosen: Chosen | null;
}

/** Runs an attempt's candidates, and stores what comes of them: the answer, a correction, or the end. */
@Injectable()
export class ExecuteService {
  constructor(
    private readonly targets: Targets,
    private readonly sandbox: MeasuredSandbox,
    private readonly choice: Choice,
    private readonly queries: QueryStore,
    private readonly queue: JobQueue,
    private readonly metrics: Metrics,
  ) {}

  /** The part that the datasource's database does. */
  async run(work: QueryWork, signal: AbortSignal): Promise<Run> {
    const started = performance.now();
    const target = await this.targets.of(work);
    const executed = await this.runAll(work, target, signal);
    const chosen = await this.choice.choose(work.question, executed, async (sql) => {
      const checked = await this.sandbox.check(target, sql, signal);
      return checked.kind === 'valid' ? checked.cost : null;
    });
    const attempt: ExecutedAttempt = {
      number: work.attempt,
      candidates: executed.map(({ candidate }) => candidate),
      executeMs: performance.now() - started,
    };
    return { attempt, executed, chosen };
  }

  async store(work: QueryWork, { attempt, executed, chosen }: Run): Promise<void> {
    try {
      if (chosen) await this.answer(work, attempt, chosen, votesOf(executed));
      else await this.correct(work, attempt);
    } finally {
      for (const { result } of executed) if (result) releaseResult(result);
    }
  }

  private async answer(
    work: QueryWork,
    attempt: ExecutedAttempt,
    { candidate, result, agreement }: Chosen,
    replies: number,
  ): Promise<void> {
    if (!(await this.queries.storeAnswer(work.id, attempt, candidate, result))) return;
    this.metrics.queries.corrections.observe({ status: 'succeeded' }, Math.max(0, correctionsOf(work)));
    if (replies > 1) this.metrics.candidates.agreement.observe(agreement);
    if (work.explain) await this.queue.enqueue('explain', { queryId: work.id, attempt: attempt.number });
  }

  private async runAll(work: QueryWork, target: Target, signal: AbortSignal): Promise<Executed[]> {
    const candidates = work.attempts.find((attempt) => attempt.number === work.attempt)?.candidates ?? [];
    const executed = await runCandidates(candidates, async (sql) =>
      toExecuted(sql, await this.sandbox.run(target, sql, signal)),
    );
    const { anAttempt, outcomes } = this.metrics.candidates;
    anAttempt.observe(executed.length);
    for (const { candidate } of executed)
      outcomes.inc({ outcome: candidate.outcome, class: candidate.error?.class ?? '' });
    return executed;
  }

  /** The SQL failed: back to the model with its tracebacks, or, when the corrections are spent, to the end. */
  private async correct(work: QueryWork, attempt: ExecutedAttempt): Promise<void> {
    const corrections = correctionsOf(work);
    if (corrections < work.maxCorrections) {
      const stored = await this.queries.storeCorrection(work.id, attempt);
      if (stored) await this.queue.enqueue('generate', { queryId: work.id, attempt: work.attempt + 1 });
      return;
    }
    const attempts = work.attempts
      .filter(({ origin }) => !origin)
      .map((earlier) => (earlier.number === attempt.number ? attempt : earlier));
    if (await this.queries.storeDefeat(work.id, attempt, defeat(attempts)))
      this.metrics.queries.corrections.observe({ status: 'failed' }, corrections);
  }
}

/** What comes after an example's SQL is the model's first attempt, not a correction: -1 while there is only the example's. */
function correctionsOf({ attempts }: QueryWork): number {
  return attempts.filter(({ origin }) => !origin).length - 1;
}

function toExecuted(sql: string, outcome: Outcome): Executed {
  switch (outcome.kind) {
    case 'rows':
      return {
        candidate: {
          sql,
          outcome: 'succeeded',
          rowCount: rowCountOf(outcome.result),
          elapsedMs: outcome.elapsedMs,
        },
        result: outcome.result,
      };
    case 'failed':
    case 'rejected':
      return {
        candidate: { sql, outcome: outcome.kind, error: outcome.traceback, elapsedMs: outcome.elapsedMs },
        result: null,
      };
  }
}

function defeat(attempts: readonly { candidates: readonly Candidate[] }[]) {
  const wroteSql = attempts.some((attempt) =>
    attempt.candidates.some((candidate) => candidate.elapsedMs !== undefined),
  );
  if (!wroteSql)
    return { code: 'no_sql', stage: 'generate' as const, message: 'The model wrote no SQL in any attempt.' };
  const last = attempts.at(-1)?.candidates.at(-1)?.error;
  const tries = attempts.length === 1 ? 'the only attempt' : `all ${attempts.length} attempts`;
  return {
    code: 'sql_failed',
    stage: 'execute' as const,
    message: `The SQL of ${tries} failed. The last error: ${last?.message ?? 'none'}`,
  };
}
