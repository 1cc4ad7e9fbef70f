import { Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { permanent } from '#shared/errors/app-error';
import type { Queues } from '#shared/queue/tokens';
import { isSameOrigin } from './operator.access.js';

type Action = 'retry' | 'discard';

interface Change {
  actor: string;
  action: Action;
  queue: string;
  job: string;
}

/** All that operators may change; the board's other routes would add, edit or empty. */
const actions: Readonly<Record<string, Action>> = {
  'PUT /api/queues/:queueName/:jobId/retry': 'retry',
  'PUT /api/queues/:queueName/:jobId/clean': 'discard',
};

/** Lets operators retry and discard dead letters and do nothing else, and leaves a record of each change. */
export class OperatorChanges {
  private readonly logger = new Logger('Audit');
  private readonly changes = new WeakMap<FastifyRequest, Change>();

  constructor(
    /** Of the board; its routes lie below. */
    private readonly path: string,
    private readonly queues: ReadonlyMap<string, Queues[keyof Queues]>,
  ) {}

  /** @throws `operator_refused` for a change that is not allowed, or that another site asks for */
  admit(request: FastifyRequest, actor: string): void {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const route = request.routeOptions.url?.slice(this.path.length) ?? '';
    const action = actions[`${request.method} ${route}`];
    if (!action) throw permanent('operator_refused', 'Only failed jobs are retried or discarded here.');
    if (!isSameOrigin(request)) throw permanent('operator_refused', 'Another site asks for this change.');
    const { queueName: queue = '', jobId: job = '' } = request.params as Record<string, string>;
    this.changes.set(request, { actor, action, queue, job });
  }

  /** @throws `operator_refused` for a job that is not a dead letter; what is not there is the board's to answer */
  async checkState(request: FastifyRequest): Promise<void> {
    const change = this.changes.get(request);
    const state = change && (await this.queues.get(change.queue)?.getJobState(change.job));
    if (state && state !== 'failed' && state !== 'unknown')
      throw permanent(
        'operator_refused',
        `Only failed jobs are retried or discarded here; this is ${state}.`,
      );
  }

  /** A line on the change once it is done or refused, also where who asked has hung up. */
  record(request: FastifyRequest, { statusCode }: FastifyReply): void {
    const change = this.changes.get(request);
    this.changes.delete(request);
    if (change) this.logger.warn({ msg: 'audit', ...change, outcome: outcomeOf(statusCode), statusCode });
  }
}

/** A queue that did not answer in time may still do it. */
function outcomeOf(status: number): 'done' | 'refused' | 'unknown' {
  if (status >= 500) return 'unknown';
  return status < 400 ? 'done' : 'refused';
}
