import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ActionOutcome } from '#shared/contracts/operator-action';
import type { OperatorActionStore } from '#shared/persistence/operator-action.store';
import { jobId } from '#shared/queue/catalogue';
import type { Queues } from '#shared/queue/tokens';
import type { DeadJobs } from '../reconciler/dead-jobs.js';
import { OperatorChanges } from './operator.changes.js';

const data = { queryId: '0198c0de-0000-7000-8000-000000000001', attempt: 1 };
const job = jobId('generate', data);
const route = '/api/queues/:queueName/:jobId/clean';
const answeredWith = (statusCode: number) => ({ statusCode }) as FastifyReply;

describe('a discard', () => {
  let recorded: PromiseWithResolvers<string>;
  let found: PromiseWithResolvers<{ data: unknown; getState: () => Promise<string> }>;
  let ended: string[];
  let outcomes: [string, ActionOutcome][];
  let changes: OperatorChanges;
  let request: FastifyRequest;

  beforeEach(() => {
    recorded = Promise.withResolvers();
    found = Promise.withResolvers();
    [ended, outcomes] = [[], []];
    const records = {
      begin: () => recorded.promise,
      end: async (id: string, outcome: ActionOutcome) => void outcomes.push([id, outcome]),
    };
    const deadJobs = {
      end: async (name: string) => {
        ended.push(name);
        return true;
      },
    };
    changes = new OperatorChanges(
      { generate: { getJob: () => found.promise } } as unknown as Queues,
      records as unknown as OperatorActionStore,
      deadJobs as unknown as DeadJobs,
    );
    request = {
      method: 'PUT',
      ip: '127.0.0.1',
      params: { queueName: 'generate', jobId: job },
      headers: { 'sec-fetch-site': 'same-origin' },
    } as unknown as FastifyRequest;
    changes.admit(request, route, 'ada');
  });

  const isThere = () => found.resolve({ data, getState: async () => 'failed' });

  it('ends what waits for the job once it is recorded', async () => {
    recorded.resolve('1');
    isThere();
    await changes.begin(request);
    await changes.end(request, answeredWith(204));
    expect([ended, outcomes]).toEqual([['generate'], [['1', 'done']]]);
  });

  it('does nothing when it was answered before its record was written', async () => {
    const begun = changes.begin(request);
    await changes.end(request, answeredWith(503));
    recorded.resolve('1');
    isThere();
    await expect(begun).rejects.toMatchObject({ code: 'unavailable' });
    expect([ended, outcomes]).toEqual([[], [['1', 'refused']]]);
  });

  it('does nothing when it was answered while the job was looked at', async () => {
    recorded.resolve('1');
    const begun = changes.begin(request);
    await new Promise(setImmediate);
    await changes.end(request, answeredWith(503));
    isThere();
    await expect(begun).rejects.toMatchObject({ code: 'unavailable' });
    expect(ended).toEqual([]);
    expect(outcomes.at(-1)).toEqual(['1', 'refused']);
  });

  it('is not told as refused where the board refuses after something was ended', async () => {
    recorded.resolve('1');
    isThere();
    await changes.begin(request);
    await changes.end(request, answeredWith(404));
    expect([ended, outcomes]).toEqual([['generate'], [['1', 'unknown']]]);
  });
});
