import { setTimeout as sleep } from 'node:timers/promises';
import { type CreateQuery, isFinal, type QueryEvent, type QueryView } from '#shared/contracts/query';

export interface Answered<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** The HTTP API as a client sees it. */
export class ApiClient {
  constructor(
    readonly url: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...this.headers,
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown =
      text !== '' && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
    return { status: response.status, headers: response.headers, body: parsed as T };
  }

  ask(request: CreateQuery, headers: Record<string, string> = {}): Promise<Answered<QueryView>> {
    return this.request('POST', '/v1/queries', request, headers);
  }

  /** Asks and waits for the end. */
  async answer(request: CreateQuery, seconds = 60): Promise<QueryView> {
    const { body } = await this.ask(request, { Prefer: `wait=${seconds}` });
    return body;
  }

  async query(id: string): Promise<QueryView> {
    return (await this.request<QueryView>('GET', `/v1/queries/${id}`)).body;
  }

  /** Looks until the query has ended. */
  async ended(id: string, withinMs: number): Promise<QueryView> {
    return until(withinMs, `the end of ${id}`, async () => {
      const query = await this.query(id);
      return isFinal(query.status) ? query : undefined;
    });
  }

  /** All events of the stream to its end, or the first few. */
  async events(id: string, lastEventId?: number, most = Infinity): Promise<QueryEvent[]> {
    const controller = new AbortController();
    const headers = {
      ...this.headers,
      ...(lastEventId !== undefined && { 'Last-Event-ID': String(lastEventId) }),
    };
    const response = await fetch(`${this.url}/v1/queries/${id}/events`, {
      headers,
      signal: controller.signal,
    });
    const events: QueryEvent[] = [];
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const data of blocks.map((block) => /^data: (.*)$/m.exec(block)?.[1]))
        if (data) events.push(JSON.parse(data) as QueryEvent);
      if (events.length >= most) break;
    }
    controller.abort();
    return events.slice(0, most);
  }

  /** Registers a SQLite file and waits for its first snapshot; resolves to its id. */
  addSqlite(name: string, file: string, policy: object = {}): Promise<string> {
    return this.add(name, { dialect: 'sqlite', file }, policy);
  }

  async add(name: string, connection: object, policy: object = {}): Promise<string> {
    // The tests own their databases.
    const added = await this.request<{ id: string }>('POST', '/v1/datasources', {
      name,
      connection,
      policy,
      allowPrivileged: true,
    });
    if (added.status !== 201) throw new Error(`datasource ${name}: ${JSON.stringify(added.body)}`);
    await until(30_000, `the snapshot of ${name}`, async () => {
      const { body } = await this.request<{ status: string; error?: unknown }>(
        'GET',
        `/v1/datasources/${name}`,
      );
      if (body.status === 'failed') throw new Error(JSON.stringify(body.error));
      return body.status === 'ready' ? body : undefined;
    });
    return added.body.id;
  }
}

/** Looks again and again until there is a result; fails when the time is over. */
export async function until<T>(
  withinMs: number,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} did not come in ${withinMs} ms`);
    await sleep(50);
  }
}
