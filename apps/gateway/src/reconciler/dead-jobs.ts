import { Injectable } from '@nestjs/common';
import type { QueryError, Stage } from '#shared/contracts/query';
import { CheckStore } from '#shared/persistence/check.store';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { ExplanationStore } from '#shared/persistence/explanation.store';
import { QueryStore } from '#shared/persistence/query.store';
import type { JobName, Payload } from '#shared/queue/catalogue';
import { expectedIn } from '#shared/queue/stage.processor';

/**
 * Ends what waits for a job that was set aside. A job that is gone while something waits for it is made anew by the reconciler, so
 * nobody takes a dead letter away without this. Nothing happens where nothing waits for that very job.
 */
@Injectable()
export class DeadJobs {
  private readonly ends: { [N in JobName]: (payload: Payload<N>) => Promise<boolean> } = {
    retrieve: (payload) => this.endQuery('retrieve', payload),
    generate: (payload) => this.endQuery('generate', payload),
    execute: (payload) => this.endQuery('execute', payload),
    explain: async ({ queryId }) => {
      if ((await this.explanations.unexplained(queryId)) === undefined) return false;
      await this.explanations.store(queryId, { message: crashed('explain', 'generate').message });
      return true;
    },
    index: async ({ datasourceId, scheduled }) => {
      if (scheduled) return false;
      return this.datasources.failIndexing(datasourceId, crashed('index', 'retrieve'));
    },
    check: async ({ checkId, part }) => {
      if ((await this.checks.work(checkId, part)) === undefined) return false;
      await this.checks.fail(checkId, crashed('check', 'execute'));
      return true;
    },
  };

  constructor(
    private readonly queries: QueryStore,
    private readonly datasources: DatasourceStore,
    private readonly explanations: ExplanationStore,
    private readonly checks: CheckStore,
  ) {}

  /** False where nothing waited for the job. */
  end<N extends JobName>(name: N, payload: Payload<N>): Promise<boolean> {
    return this.ends[name](payload);
  }

  private endQuery(stage: Stage, { queryId, attempt }: Payload<Stage>): Promise<boolean> {
    return this.queries.fail(queryId, crashed(stage, stage), { status: expectedIn[stage].status, attempt });
  }
}

function crashed(job: JobName, stage: Stage): QueryError {
  const message = `Its ${job} job ended its workers again and again and was set aside.`;
  return { code: 'worker_crashed', stage, message };
}
