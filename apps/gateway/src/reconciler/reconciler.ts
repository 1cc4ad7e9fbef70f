import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { sql } from 'kysely';
import type { QueryStatus, Stage } from '#shared/contracts/query';
import { describeError } from '#shared/errors/app-error';
import type { Database } from '#shared/persistence/database';
import { CheckStore } from '#shared/persistence/check.store';
import { DatasourceStore } from '#shared/persistence/datasource.store';
import { ExplanationStore } from '#shared/persistence/explanation.store';
import { type OpenQuery, QueryReader } from '#shared/persistence/query.reader';
import { QueryStore } from '#shared/persistence/query.store';
import { RetentionStore } from '#shared/persistence/retention.store';
import { DATABASE } from '#shared/persistence/tokens';
import type { JobName, Payload } from '#shared/queue/catalogue';
import { JobQueue } from '#shared/queue/job-queue';
import { Metrics } from '#shared/telemetry/metrics';
import { scheduleRefresh } from '../datasources/schedule-refresh.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { DeadJobs } from './dead-jobs.js';

/** "nano" in ASCII: sets this lock apart from those of other programs on the same database. */
const advisoryLock = 0x6e616e6f;

const actions = ['requeued', 'expired', 'quarantined'] as const;
type Action = (typeof actions)[number];

const stageOf: Partial<Record<QueryStatus, Stage>> = {
  queued: 'retrieve',
  retrieving: 'retrieve',
  generating: 'generate',
  executing: 'execute',
};

/**
 * Makes sure that every accepted query ends: PostgreSQL is the truth, the queue only carries it on.
 * Re-enqueues queries and datasources that have no job, ends those past their deadline, and sets
 * aside those whose job crashed its workers. Any number of gateways may run it; one works at a time.
 */
@Injectable()
export class Reconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Reconciler.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    @Inject(DATABASE) private readonly db: Database,
    private readonly reader: QueryReader,
    private readonly queries: QueryStore,
    private readonly datasources: DatasourceStore,
    private readonly checks: CheckStore,
    private readonly explanations: ExplanationStore,
    private readonly retention: RetentionStore,
    private readonly deadJobs: DeadJobs,
    private readonly queue: JobQueue,
    private readonly metrics: Metrics,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    // A counter that comes with its first action would hide it: a rate needs the zero before.
    for (const action of actions) metrics.gateway.reconciled.inc({ action }, 0);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running ??= this.tick().finally(() => (this.running = undefined));
    }, this.config.RECONCILE_PERIOD_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async tick(): Promise<void> {
    try {
      await this.db.transaction().execute(async (tx) => {
        const { rows } = await sql<{
          mine: boolean;
        }>`select pg_try_advisory_xact_lock(${advisoryLock}) as mine`.execute(tx);
        if (rows[0]?.mine) await this.reconcile();
      });
    } catch (error) {
      this.logger.warn(`The state could not be reconciled and is looked at again: ${describeError(error)}`);
    }
  }

  private async reconcile(): Promise<void> {
    const untouchedMs = this.config.RECONCILE_PERIOD_MS;
    const queries = await this.reader.unattended(untouchedMs);
    // Deadlines first: they hold also while the queue does not answer.
    for (const query of queries.filter((query) => query.pastDeadline)) await this.expire(query);
    for (const query of queries.filter((query) => !query.pastDeadline)) await this.attend(query);
    for (const id of await this.datasources.indexing(untouchedMs))
      await this.attendJob('index', { datasourceId: id });
    await this.attendSchedules();
    for (const { id, attempt } of await this.explanations.unattended(untouchedMs))
      await this.attendJob('explain', { queryId: id, attempt });
    for (const { id, part } of await this.checks.unattended(untouchedMs))
      await this.attendJob('check', { checkId: id, part });
    await this.forget();
  }

  /** Last, since nobody waits for it; what is left comes in the next period. */
  private async forget(): Promise<void> {
    const { RETENTION_DAYS: days, AUDIT_RETENTION_DAYS: auditDays } = this.config;
    if (days !== undefined) {
      const queries = await this.retention.deleteQueries(days);
      const checks = await this.retention.deleteChecks(days);
      if (queries + checks > 0)
        this.logger.log(
          `Deleted ${queries} queries and ${checks} checks that ended ${days} days ago or earlier.`,
        );
    }
    if (auditDays === undefined) return;
    const actions = await this.retention.deleteOperatorActions(auditDays);
    if (actions > 0)
      this.logger.log(`Deleted ${actions} records of operators that are ${auditDays} days old or older.`);
  }

  private async expire(query: OpenQuery): Promise<void> {
    const stage = stageOf[query.status] ?? null;
    const message = `The query did not end before its deadline; it was ${query.status}.`;
    if (await this.queries.fail(query.id, { code: 'deadline_exceeded', stage, message }))
      this.note('expired', query);
  }

  private async attend(query: OpenQuery): Promise<void> {
    const stage = stageOf[query.status];
    if (!stage) return;
    const payload = { queryId: query.id, attempt: query.attempt };
    const state = await this.queue.state(stage, payload);
    if (state === 'absent' && (await this.queue.replace(stage, payload))) this.note('requeued', query);
    if (state === 'dead' && (await this.deadJobs.end(stage, payload))) this.note('quarantined', query);
  }

  private async attendJob<N extends JobName>(name: N, payload: Payload<N>): Promise<void> {
    const state = await this.queue.state(name, payload);
    if (state === 'absent' && (await this.queue.replace(name, payload)))
      this.metrics.gateway.reconciled.inc({ action: 'requeued' });
    if (state === 'dead' && (await this.deadJobs.end(name, payload)))
      this.metrics.gateway.reconciled.inc({ action: 'quarantined' });
  }

  /** Those that the queue lost, or that it was not told of. */
  private async attendSchedules(): Promise<void> {
    for (const datasource of await this.datasources.list())
      if (datasource.refreshSeconds !== null && !(await scheduleRefresh(this.queue, datasource))) return;
  }

  private note(action: Action, query: OpenQuery): void {
    this.metrics.gateway.reconciled.inc({ action });
    this.logger.warn(`${action} ${query.id} (${query.status}, attempt ${query.attempt})`);
  }
}
