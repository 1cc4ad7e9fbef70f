import { Injectable, Inject, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ActionOutcome, OperatorAction } from '#shared/contracts/operator-action';
import { describeError, permanent, retryable } from '#shared/errors/app-error';
import { type NewAction, OperatorActionStore } from '#shared/persistence/operator-action.store';
import { jobCatalogue, jobId, jobNames } from '#shared/queue/catalogue';
import { QUEUES, type Queues } from '#shared/queue/tokens';
import { within } from '#shared/queue/within';
import { DeadJobs } from '../reconciler/dead-jobs.js';
import { isSameOrigin } from './operator.access.js';

interface Change extends NewAction {
  /** Of the record, once there is one. */
  id?: string;
  /** Something that waited for the job was ended: the change has begun, whatever the board answers. */
  hasBegun?: boolean;
}

/** All that operators may change, by the board's routes; its others would add, edit or empty. */
const permitted: Readonly<Record<string, OperatorAction['action']>> = {
  'PUT /api/queues/:queueName/:jobId/retry': 'retry',
  'PUT /api/queues/:queueName/:jobId/clean': 'discard',
};

/** A Redis that is away answers nothing. */
const answerWithinMs = 2_000;

/** Lets operators retry and discard dead letters and do nothing else. An action that cannot be recorded is not done. */
@Injectable()
export class OperatorChanges {
  private readonly logger = new Logger('Audit');
  private readonly changes = new WeakMap<FastifyRequest, Change>();

  constructor(
    @Inject(QUEUES) private readonly queues: Queues,
    private readonly records: OperatorActionStore,
    private readonly deadJobs: DeadJobs,
  ) {}

  /**
   * @param route the board's pattern
   * @throws `operator_refused` for a change that nobody may make
   */
  admit(request: FastifyRequest, route: string, operator: string): void {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const action = permitted[`${request.method} ${route}`];
    if (!action) {
      const { method, ip: address } = request;
      this.logger.warn({ msg: 'audit', operator, address, action: `${method} ${route}`, outcome: 'refused' });
      throw permanent('operator_refused', 'Only failed jobs are retried or discarded here.');
    }
    const { queueName: queue = '', jobId: job = '' } = request.params as Record<string, string>;
    this.changes.set(request, { operator, address: request.ip, action, queue, job });
  }

  /**
   * Records the change before the board makes it.
   * @throws `operator_refused` for a job that is not a dead letter, or when another site asks; `unavailable` where there is no record
   */
  async begin(request: FastifyRequest): Promise<void> {
    const change = this.changes.get(request);
    if (!change) return;
    try {
      change.id = await this.records.begin(change);
    } catch (error) {
      throw retryable('unavailable', 'What cannot be recorded is not done.', { cause: error });
    }
    if (!this.changes.has(request)) return this.leave(change);
    if (!isSameOrigin(request)) throw permanent('operator_refused', 'Another site asks for this change.');
    await this.prepare(request, change);
  }

  /** The request was answered while its record was being written: nothing may be done any more. */
  private async leave({ id, operator }: Change): Promise<never> {
    this.logger.warn({ msg: 'audit', record: id, operator, outcome: 'refused' });
    if (id !== undefined) await this.records.end(id, 'refused');
    throw retryable('unavailable', 'What cannot be recorded in time is not done.');
  }

  /** What is not there is the board's to answer. */
  private async prepare(request: FastifyRequest, change: Change): Promise<void> {
    const { action, queue, job: id } = change;
    const name = jobNames.find((each) => each === queue);
    const job = name && (await within(answerWithinMs, this.queues[name].getJob(id)));
    if (!job) return;
    const state = await within(answerWithinMs, job.getState());
    if (state !== 'failed')
      throw permanent(
        'operator_refused',
        `Only failed jobs are retried or discarded here; this is ${state}.`,
      );
    if (action === 'retry') return;
    const { success, data } = jobCatalogue[name].payload.safeParse(job.data);
    if (!this.changes.has(request)) return this.leave(change);
    if (!success || jobId(name, data) !== id) return;
    change.hasBegun = true;
    await this.deadJobs.end(name, data);
  }

  /** Completes the record once the change is done or refused, also where who asked has hung up. */
  async end(request: FastifyRequest, { statusCode }: FastifyReply): Promise<void> {
    const change = this.changes.get(request);
    if (!change) return;
    this.changes.delete(request);
    const { id, hasBegun, ...what } = change;
    const answered = id === undefined ? 'refused' : outcomeOf(statusCode);
    const outcome = hasBegun && answered === 'refused' ? 'unknown' : answered;
    this.logger.warn({ msg: 'audit', record: id, ...what, outcome });
    try {
      if (id !== undefined) await this.records.end(id, outcome);
    } catch (error) {
      this.logger.error(`the record ${id} stays without its outcome: ${describeError(error)}`);
    }
  }
}

/** A queue that did not answer in time may still do it. */
function outcomeOf(status: number): ActionOutcome {
  if (status >= 500) return 'unknown';
  return status < 400 ? 'done' : 'refused';
}
