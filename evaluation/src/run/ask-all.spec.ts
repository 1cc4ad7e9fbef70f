import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { CreateQuery, QueryView } from '#shared/contracts/query';
import { askAll, type Asking } from './ask-all.js';

const texts = ['Who?', 'How many?', 'How  many?', 'Where?'];
const questions = texts.map((question, index) => ({ index, dbId: `db${index}`, question, gold: 'SELECT 1' }));

function answered(request: CreateQuery): QueryView {
  const now = new Date().toISOString();
  return {
    id: request.question,
    status: 'succeeded',
    datasource: request.datasource ?? '',
    question: request.question,
    sql: 'SELECT 1',
    columns: [],
    rows: [],
    truncated: null,
    attempts: [],
    tables: [],
    timings: { retrieve: 0, generate: 0, execute: 0, waited: 0, total: 0 },
    createdAt: now,
    finishedAt: now,
  };
}

/** Asks all questions of a service that does as `ask` says. */
async function run(part: Partial<Asking>, ask: (request: CreateQuery) => Promise<QueryView>) {
  const asked: number[] = [];
  const requests: CreateQuery[] = [];
  let inFlight = 0;
  let most = 0;
  const service = {
    addExample: () => Promise.reject(new Error('no example is added here')),
    register: () => Promise.reject(new Error('is not asked to')),
    remove: () => Promise.reject(new Error('is not asked to')),
    ask: async (request: CreateQuery) => {
      requests.push(request);
      most = Math.max(most, ++inFlight);
      await turn();
      return ask(request).finally(() => inFlight--);
    },
  };
  const asking: Asking = {
    service,
    all: questions,
    concurrency: 2,
    candidates: 3,
    maxCorrections: 1,
    recorded: false,
    conversations: true,
    datasourceOf: (dbId) => `eval-${dbId}`,
    onAsked: ({ index }) => asked.push(index),
    interrupt: new AbortController().signal,
    ...part,
  };
  const problem = await askAll(questions, asking).then(
    () => null,
    (error: unknown) => error,
  );
  return { asked, requests, most, problem };
}

describe('askAll', () => {
  it('asks every question once, as many at a time as told', async () => {
    const { asked, requests, most, problem } = await run({}, (request) => Promise.resolve(answered(request)));
    expect(problem).toBeNull();
    expect(asked).toEqual([0, 1, 2, 3]);
    expect(most).toBe(2);
    expect(requests[1]).toEqual({
      question: 'How many?',
      datasource: 'eval-db1',
      candidates: 3,
      maxCorrections: 1,
    });
  });

  it('marks the questions that a recorded model could mix up, and no others', async () => {
    const { requests } = await run({ recorded: true }, (request) => Promise.resolve(answered(request)));
    expect(requests.map(({ question }) => question)).toEqual([
      'Who?',
      'How many? [question 1]',
      'How  many? [question 2]',
      'Where?',
    ]);
  });

  it('stops when the service is gone, and keeps what was answered', async () => {
    const { asked, requests, problem } = await run({ concurrency: 1 }, (request) =>
      request.datasource === 'eval-db1'
        ? Promise.reject(new Error('gone'))
        : Promise.resolve(answered(request)),
    );
    expect(asked).toEqual([0]);
    expect(requests).toHaveLength(2);
    expect(problem).toEqual(new Error('gone'));
  });

  it('asks nothing more once interrupted, and does not count what was cancelled', async () => {
    const controller = new AbortController();
    const { asked, requests } = await run({ concurrency: 1, interrupt: controller.signal }, (request) => {
      controller.abort();
      return Promise.resolve({ ...answered(request), status: 'cancelled' as const });
    });
    expect(requests).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  it('asks the turns of a dialogue in order, in one conversation', async () => {
    const dialogue = questions.map((question, at) => ({ ...question, interaction: at % 2, turn: at >> 1 }));
    const requests: CreateQuery[] = [];
    const service = {
      addExample: () => Promise.reject(new Error('no example is added here')),
      register: () => Promise.reject(new Error('is not asked to')),
      remove: () => Promise.reject(new Error('is not asked to')),
      ask: async (request: CreateQuery) => {
        requests.push(request);
        await turn();
        return { ...answered(request), conversationId: request.conversationId ?? `of ${request.question}` };
      },
    };
    const asking = {
      service,
      all: dialogue,
      concurrency: 4,
      candidates: 1,
      maxCorrections: 1,
      recorded: false,
      conversations: true,
      datasourceOf: (dbId: string) => dbId,
      onAsked: () => undefined,
      interrupt: new AbortController().signal,
    };
    await askAll(dialogue, asking);
    const of = (question: string) =>
      requests.find((request) => request.question === question)?.conversationId;
    expect(texts.map(of)).toEqual([undefined, undefined, 'of Who?', 'of How many?']);
    requests.length = 0;
    // A run that goes on keeps to the conversations it had.
    await askAll(dialogue.slice(2), { ...asking, conversationOf: new Map([[0, 'earlier']]) });
    expect([of('How  many?'), of('Where?')]).toEqual(['earlier', undefined]);
    requests.length = 0;
    await askAll(dialogue, { ...asking, conversations: false });
    expect(texts.map(of)).toEqual(texts.map(() => undefined));
  });
});
