import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cleanups } from '../support/cleanups.js';
import { until } from '../support/client.js';
import type { DescribedApi } from '../support/described-api.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

const most = 5;

describe.each(queueKinds)('a gateway at its limits on %s', (kind) => {
  const cleanup = cleanups();
  let model: ScriptedModel;
  let stack: Stack;
  let api: DescribedApi;

  beforeAll(async () => {
    ({ api, model, stack } = await startService(cleanup, {
      queue: kind,
      script: () => ({ hang: true }),
      environment: { MAX_OPEN_QUERIES: String(most), LLM_TIMEOUT_MS: '20000' },
    }));
  });

  afterEach(async () => {
    for (const { id } of await stack.sql<{ id: string }>('select id from query where finished_at is null'))
      await api.request('DELETE', `/v1/queries/${id}`);
    model.script = () => ({ hang: true });
  });

  it('takes as many at once as it may, refuses the rest with Retry-After, and recovers', async () => {
    const asked = await Promise.all(Array.from({ length: 60 }, () => api.ask({ question: 'How many?' })));
    const taken = asked.filter(({ status }) => status === 202);
    const refused = asked.filter(({ status }) => status === 429);
    expect([taken.length, refused.length]).toEqual([most, 60 - most]);
    for (const { headers, body } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(body).toMatchObject({ code: 'too_many_queries', status: 429 });
    }
    // An idempotent repeat of what was taken is no new query.
    const metrics = (await api.request<string>('GET', '/metrics')).body;
    expect(metrics).toMatch(/^nano_queries_refused_total 55$/m);
    expect(metrics).toMatch(/^nano_queries_accepted_total 5$/m);
    model.script = () => ({ texts: [countPeople.sql] });
    await api.request('DELETE', `/v1/queries/${taken[0]!.body.id}`);
    const next = await until(5_000, 'room for one more', async () => {
      const answer = await api.ask({ question: 'How many?' }, { Prefer: 'wait=20' });
      return answer.status === 429 ? undefined : answer;
    });
    expect(next).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  });

  it('gives the first query of a key also while it is full', async () => {
    const key = { 'Idempotency-Key': `full-${kind}` };
    const first = await until(5_000, 'the first', async () => {
      const answer = await api.ask({ question: 'How many?' }, key);
      return answer.status === 202 ? answer : undefined;
    });
    await until(5_000, 'a full gateway', async () =>
      (await api.ask({ question: 'How many?' })).status === 429 ? true : undefined,
    );
    expect(await api.ask({ question: 'How many?' }, key)).toMatchObject({
      status: 202,
      body: { id: first.body.id },
    });
  });

  it('frees what streams and waits held when their clients go, however they go', async () => {
    const { body } = await until(5_000, 'a query', async () => {
      const answer = await api.ask({ question: 'How many?' });
      return answer.status === 202 ? answer : undefined;
    });
    const resources = async () => {
      const { body: text } = await api.request<string>('GET', '/metrics');
      return Number(/^nodejs_active_resources\{type="Timeout"\} (\d+)/m.exec(text)?.[1] ?? 0);
    };
    const before = await resources();
    const path = `${stack.url}/v1/queries/${body.id}/events`;
    for (const delayMs of [0, 1, 5, 20, 100]) {
      const gone = new AbortController();
      const open = Array.from({ length: 40 }, () =>
        fetch(path, { signal: gone.signal }).then((response) => response.body?.getReader().read()),
      );
      await sleep(delayMs);
      gone.abort();
      await Promise.allSettled(open);
    }
    // 200 streams held a timer and a watch each; what is left of them would show.
    await until(10_000, 'timers as before', async () =>
      (await resources()) <= before + 20 ? true : undefined,
    );
    expect(await api.events(body.id, 0, 3)).toHaveLength(3);
  });

  it('keeps nothing of the requests that a connection carried', async () => {
    model.script = () => ({ texts: [countPeople.sql] });
    for (let asked = 0; asked < 15; asked += 1)
      await until(10_000, 'an answer', async () =>
        (await api.answer({ question: 'How many?' }, 20)).status === 'succeeded' ? true : undefined,
      );
    expect(stack.all('gateway')[0]?.log).not.toContain('MaxListenersExceeded');
  });
});
