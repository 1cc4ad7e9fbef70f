import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { cleanups } from '../support/cleanups.js';
import type { DescribedApi } from '../support/described-api.js';
import type { ScriptedModel } from '../support/scripted-model.js';
import { queueKinds } from '../support/servers.js';
import { startService } from '../support/service.js';
import { countPeople } from '../support/small-database.js';
import type { Stack } from '../support/stack.js';

interface Event {
  id: string | undefined;
  event: string | undefined;
  data: { attempt: number; offset: number; text: string };
}

describe.each(queueKinds)("the model's text on %s", (kind) => {
  const cleanup = cleanups();
  let model: ScriptedModel;
  let stack: Stack;
  let api: DescribedApi;

  beforeAll(async () => {
    ({ api, model, stack } = await startService(cleanup, { queue: kind }));
  });

  afterEach(() => {
    model.script = () => ({ texts: [countPeople.sql] });
  });

  async function* follow(id: string, signal?: AbortSignal): AsyncGenerator<Event> {
    const response = await fetch(`${stack.url}/v1/queries/${id}/events`, { signal: signal ?? null });
    const events = response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { id: number, event, data } of events ?? [])
      yield { id: number, event, data: JSON.parse(data) as Event['data'] };
  }

  async function ask(stream?: boolean): Promise<string> {
    const { body } = await api.ask({ question: 'How many people?', ...(stream !== undefined && { stream }) });
    return body.id;
  }

  it('comes with the events of a query that asks for it, in order and without ids', async () => {
    // Who is there before the model writes misses nothing.
    const isFollowed = Promise.withResolvers<void>();
    model.script = () => ({ texts: [countPeople.sql], after: isFollowed.promise });
    const events: Event[] = [];
    for await (const event of follow(await ask(true))) {
      events.push(event);
      isFollowed.resolve();
    }
    const texts = events.filter(({ event }) => event === 'text');
    expect(texts.map(({ data }) => data.text).join('')).toBe(countPeople.sql);
    expect(texts.every(({ data, id }) => data.attempt === 1 && !id)).toBe(true);
    expect(events.at(-1)?.event).toBe('succeeded');
    const numbered = events.filter(({ event }) => event !== 'text').map(({ id }) => Number(id));
    expect(numbered).toEqual(numbered.map((_, at) => at + 1));
  });

  it('does not come where it is not asked for', async () => {
    const isFollowed = Promise.withResolvers<void>();
    model.script = () => ({ texts: [countPeople.sql], after: isFollowed.promise });
    for await (const { event } of follow(await ask())) {
      expect(event).not.toBe('text');
      isFollowed.resolve();
    }
  });

  it('leaves the query alone when the reader goes away, and stops with the query when it is cancelled', async () => {
    const gone = new AbortController();
    const aborted = model.aborted;
    const isFollowed = Promise.withResolvers<void>();
    model.script = () => ({ stall: 'SELECT', after: isFollowed.promise });
    const id = await ask(true);
    for await (const { event, data } of follow(id, gone.signal)) {
      isFollowed.resolve();
      if (event !== 'text') continue;
      expect(data).toEqual({ attempt: 1, offset: 0, text: 'SELECT' });
      break;
    }
    gone.abort();
    expect((await api.query(id)).status).toBe('generating');
    expect(model.aborted).toBe(aborted);
    await fetch(`${stack.url}/v1/queries/${id}`, { method: 'DELETE' });
    while (model.aborted === aborted) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await api.query(id)).status).toBe('cancelled');
  });
});
