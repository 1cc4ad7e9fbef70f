import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Job, JobsOptions } from 'bullmq';
import { describeError } from '../errors/app-error.js';
import { errorCatalogue } from '../errors/catalogue.js';
import { deadLettersKept, jobCatalogue, jobId, type JobName, type Payload } from './catalogue.js';
import { inQueryOf } from '../tracing/query-trace.js';
import { waitsSince } from './job-wait.js';
import { QUEUES, type Queues } from './tokens.js';
import { within } from './within.js';

export type JobState = 'pending' | 'dead' | 'absent';

export interface QueueDepth {
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
}

export interface DeadLetterCode {
  code: string;
  count: number;
  /** Milliseconds since 1970. */
  newestAt: number;
}

const deadLettersLookedAt = 100;

/** How long anyone waits for the queue: a Redis that is away leaves its callers without an answer, for ever. */
const answerWithinMs = 2_000;

/** The queue port: what the services know of the queues. What asks it throws when the queue does not answer. */
@Injectable()
export class JobQueue {
  private readonly logger = new Logger(JobQueue.name);

  constructor(@Inject(QUEUES) private readonly queues: Queues) {}

  /**
   * Adds the job unless one with its derived id is there. Never throws: the state in PostgreSQL is written before.
   * False when the queue does not answer; the reconciler brings the job then.
   */
  enqueue<N extends JobName>(name: N, payload: Payload<N>): Promise<boolean> {
    return this.deliver(name, payload, () => this.add(name, payload));
  }

  /** Adds the job anew, also when one with its id has ended. Otherwise like `enqueue`. */
  replace<N extends JobName>(name: N, payload: Payload<N>): Promise<boolean> {
    return this.deliver(name, payload, async () => {
      await this.queues[name].remove(jobId(name, payload));
      await this.add(name, payload);
    });
  }

  /**
   * Adds such a job again and again, from one period on; null stops it. A schedule that is so already goes on undisturbed.
   * Like `enqueue` false when the queue does not answer, and left to the reconciler then.
   */
  schedule<N extends JobName>(name: N, payload: Payload<N>, everyMs: number | null): Promise<boolean> {
    const queue = this.queues[name];
    const id = jobId(name, payload);
    return this.deliver(name, payload, async () => {
      if (everyMs === null) return queue.removeJobScheduler(id);
      if ((await queue.getJobScheduler(id))?.every === everyMs) return undefined;
      const repeat = { every: everyMs, startDate: Date.now() + everyMs };
      return queue.upsertJobScheduler(id, repeat, { name, data: payload, opts: optionsOf(name) });
    });
  }

  async state<N extends JobName>(name: N, payload: Payload<N>): Promise<JobState> {
    const state = await within(answerWithinMs, this.queues[name].getJobState(jobId(name, payload)));
    if (state === 'failed') return 'dead';
    return state === 'unknown' || state === 'completed' ? 'absent' : 'pending';
  }

  async depth(name: JobName): Promise<QueueDepth> {
    const counts = await within(
      answerWithinMs,
      this.queues[name].getJobCounts('waiting', 'prioritized', 'active', 'delayed', 'failed'),
    );
    const count = (state: string) => counts[state] ?? 0;
    return {
      waiting: count('waiting') + count('prioritized'),
      active: count('active'),
      delayed: count('delayed'),
      failed: count('failed'),
    };
  }

  /** Seconds that the next job in line has waited; 0 where none waits. */
  async oldestWait(name: JobName): Promise<number> {
    const next = await within(answerWithinMs, this.nextInLine(name));
    return next ? Math.max(0, Date.now() - waitsSince(next)) / 1_000 : 0;
  }

  /** Codes that the newest jobs of the failed set ended with. */
  async deadLetterCodes(name: JobName): Promise<DeadLetterCode[]> {
    const newest = this.queues[name].getJobs(['failed'], 0, deadLettersLookedAt - 1);
    const codes = new Map<string, DeadLetterCode>();
    for (const job of (await within(answerWithinMs, newest)).filter(Boolean)) {
      const code = errorCodeOf(job.failedReason);
      const { count, newestAt } = codes.get(code) ?? { count: 0, newestAt: 0 };
      codes.set(code, { code, count: count + 1, newestAt: Math.max(newestAt, job.finishedOn ?? 0) });
    }
    return [...codes.values()];
  }

  /** The last of a list whose newest is first: the only order in which both backends give a part of it. */
  private async nextInLine(name: JobName): Promise<Job | undefined> {
    const queue = this.queues[name];
    for (let looks = 0; looks < 3; looks += 1) {
      const last = (await queue.getWaitingCount()) - 1;
      if (last < 0) return undefined;
      const [job] = await queue.getJobs(['waiting'], last, last);
      if (job) return job;
    }
    // Jobs are taken faster than they are looked at: none waits long.
    return undefined;
  }

  private deliver<N extends JobName>(
    name: N,
    payload: Payload<N>,
    hand: () => Promise<unknown>,
  ): Promise<boolean> {
    return inQueryOf(payload, async () => {
      try {
        await within(answerWithinMs, hand());
        return true;
      } catch (error) {
        this.logger.warn(
          `${jobId(name, payload)} was not enqueued and is left to the reconciler: ${describeError(error)}`,
        );
        return false;
      }
    });
  }

  private add<N extends JobName>(name: N, payload: Payload<N>): Promise<Job> {
    return this.queues[name].add(name, payload, { ...optionsOf(name), jobId: jobId(name, payload) });
  }
}

/** What sets a job aside writes its code first; BullMQ does where a job ended its workers again and again. */
function errorCodeOf(reason: string | undefined): string {
  const code = /^([a-z_]+): /.exec(reason ?? '')?.[1];
  return code !== undefined && code in errorCatalogue ? code : 'worker_crashed';
}

function optionsOf(name: JobName) {
  return {
    attempts: jobCatalogue[name].tries,
    backoff: { type: 'decided' },
    removeOnComplete: true,
    removeOnFail: { count: deadLettersKept },
    stackTraceLimit: 1,
  } satisfies JobsOptions;
}
