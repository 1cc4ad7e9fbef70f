import { EventSourceParserStream } from 'eventsource-parser/stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { checkSchema, type CheckView, type CreateCheck } from '#shared/contracts/check';
import {
  dialectSchema,
  datasourceStatuses,
  type AccessPolicy,
  type Connection,
} from '#shared/contracts/datasource';
import { type DescribedDatasource, describedDatasourceSchema } from '#shared/contracts/descriptions';
import {
  type AddExample,
  type Example,
  type ExampleList,
  exampleListSchema,
  exampleSchema,
} from '#shared/contracts/example';
import {
  type AddFeedback,
  type Feedback,
  type FeedbackList,
  feedbackListSchema,
  feedbackSchema,
  type FeedbackStatus,
} from '#shared/contracts/feedback';
import {
  isFinal,
  queryErrorSchema,
  queryEventSchema,
  querySchema,
  type CreateQuery,
  type QueryEvent,
  type QueryView,
} from '#shared/contracts/query';
import { tableSchema, termSchema } from '#shared/contracts/snapshot';
import { describeError } from '#shared/errors/app-error';
import { CliError } from '../cli-error.js';
import { GatewayProblem, readProblem } from './problem.js';

const datasourceSchema = z.object({
  id: z.string(),
  name: z.string(),
  dialect: dialectSchema,
  location: z.string(),
  status: z.enum(datasourceStatuses),
  fingerprint: z.string().nullable(),
  refreshSeconds: z.number().nullish(),
  tables: z.array(tableSchema).optional(),
  /** Absent from gateways of earlier versions. */
  terms: z.array(termSchema).optional(),
  error: queryErrorSchema.nullish(),
  createdAt: z.string(),
});
export type DatasourceView = z.infer<typeof datasourceSchema>;

export interface RegisterDatasource {
  name: string;
  connection: Connection;
  policy?: Partial<AccessPolicy>;
  allowPrivileged?: boolean;
  refreshSeconds?: number;
}

const readinessSchema = z.object({
  status: z.string(),
  details: z.record(z.string(), z.looseObject({ status: z.string() })).optional(),
});
export type Readiness = z.infer<typeof readinessSchema>;

const reconnects = 5;
const reconnectDelayMs = 250;

/** The gateway's HTTP API as the commands use it. */
export class GatewayClient {
  constructor(
    readonly url: string,
    private readonly apiKey?: string,
  ) {}

  async createQuery(request: CreateQuery): Promise<string> {
    const response = await this.send('POST', '/v1/queries', { body: request });
    return (await this.parse(response, z.object({ id: z.string() }))).id;
  }

  async query(id: string): Promise<QueryView> {
    return this.parse(await this.send('GET', `/v1/queries/${encodeURIComponent(id)}`), querySchema);
  }

  async cancelQuery(id: string): Promise<void> {
    await this.send('DELETE', `/v1/queries/${encodeURIComponent(id)}`);
  }

  /** Every event of a query until its last one; a broken stream is taken up again where it stopped. */
  async *events(id: string): AsyncGenerator<QueryEvent> {
    let last: QueryEvent | undefined;
    for (let failures = 0; failures <= reconnects; failures++) {
      try {
        for await (const event of this.eventsAfter(id, last?.id)) {
          yield (last = event);
          failures = 0;
          if (isFinal(event.status)) return;
        }
      } catch (error) {
        if (error instanceof GatewayProblem || failures === reconnects) throw error;
      }
      await sleep(reconnectDelayMs);
    }
    throw new CliError('gateway_unreachable', `${this.url} broke off the events of ${id} again and again`);
  }

  async datasources(): Promise<DatasourceView[]> {
    const schema = z.object({ datasources: z.array(datasourceSchema) });
    return (await this.parse(await this.send('GET', '/v1/datasources'), schema)).datasources;
  }

  async datasource(name: string): Promise<DatasourceView> {
    return this.parse(
      await this.send('GET', `/v1/datasources/${encodeURIComponent(name)}`),
      datasourceSchema,
    );
  }

  async registerDatasource(request: RegisterDatasource): Promise<DatasourceView> {
    return this.parse(await this.send('POST', '/v1/datasources', { body: request }), datasourceSchema);
  }

  async refreshDatasource(name: string): Promise<void> {
    await this.send('POST', `/v1/datasources/${encodeURIComponent(name)}/refresh`);
  }

  /** Null: no longer. */
  async scheduleDatasource(name: string, refreshSeconds: number | null): Promise<DatasourceView> {
    const path = `/v1/datasources/${encodeURIComponent(name)}`;
    return this.parse(await this.send('PATCH', path, { body: { refreshSeconds } }), datasourceSchema);
  }

  async removeDatasource(name: string): Promise<void> {
    await this.send('DELETE', `/v1/datasources/${encodeURIComponent(name)}`);
  }

  async descriptions(name: string): Promise<DescribedDatasource> {
    return this.parse(await this.send('GET', pathOf(name, 'descriptions')), describedDatasourceSchema);
  }

  /** Replaces all of them; what is sent is checked by the gateway. */
  async describeDatasource(name: string, descriptions: unknown): Promise<DescribedDatasource> {
    const response = await this.send('PUT', pathOf(name, 'descriptions'), { body: descriptions });
    return this.parse(response, describedDatasourceSchema);
  }

  async addExample(name: string, example: AddExample): Promise<Example> {
    return this.parse(await this.send('POST', pathOf(name, 'examples'), { body: example }), exampleSchema);
  }

  /** From the one after the given on. */
  async examples(name: string, after: string | null): Promise<ExampleList> {
    const path = `${pathOf(name, 'examples')}${after === null ? '' : `?after=${after}`}`;
    return this.parse(await this.send('GET', path), exampleListSchema);
  }

  async removeExample(name: string, id: string): Promise<void> {
    await this.send('DELETE', `${pathOf(name, 'examples')}/${encodeURIComponent(id)}`);
  }

  async addFeedback(queryId: string, feedback: AddFeedback): Promise<Feedback> {
    const path = `/v1/queries/${encodeURIComponent(queryId)}/feedback`;
    return this.parse(await this.send('POST', path, { body: feedback }), feedbackSchema);
  }

  async feedback(status: FeedbackStatus, after: string | null): Promise<FeedbackList> {
    const path = `/v1/feedback?status=${status}${after === null ? '' : `&after=${after}`}`;
    return this.parse(await this.send('GET', path), feedbackListSchema);
  }

  async decideFeedback(id: string, decision: 'approve' | 'reject'): Promise<Feedback> {
    const path = `/v1/feedback/${encodeURIComponent(id)}/${decision}`;
    return this.parse(await this.send('POST', path), feedbackSchema);
  }

  async createCheck(request: CreateCheck): Promise<CheckView> {
    return this.parse(await this.send('POST', '/v1/checks', { body: request }), checkSchema);
  }

  /** With the verdicts after the given statement. */
  async check(id: string, after: number): Promise<CheckView> {
    const path = `/v1/checks/${encodeURIComponent(id)}?after=${after}`;
    return this.parse(await this.send('GET', path), checkSchema);
  }

  async cancelCheck(id: string): Promise<void> {
    await this.send('DELETE', `/v1/checks/${encodeURIComponent(id)}`);
  }

  /** Which parts of the gateway are ready; also when not all are. */
  async readiness(): Promise<Readiness> {
    return this.parse(await this.send('GET', '/readyz', { accept: [503] }), readinessSchema);
  }

  async answers(): Promise<boolean> {
    return this.send('GET', '/healthz').then(
      () => true,
      () => false,
    );
  }

  private async *eventsAfter(id: string, lastId: number | undefined): AsyncGenerator<QueryEvent> {
    const headers = {
      accept: 'text/event-stream',
      ...(lastId !== undefined && { 'last-event-id': String(lastId) }),
    };
    const response = await this.send('GET', `/v1/queries/${encodeURIComponent(id)}/events`, { headers });
    const stream = response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    if (!stream) return;
    // What the model is writing, where a query asks for it, is no step of the query.
    for await (const { event, data } of stream)
      if (event !== 'text') yield queryEventSchema.parse(JSON.parse(data));
  }

  private async send(
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string>; accept?: number[] } = {},
  ): Promise<Response> {
    const response = await this.reach(path, {
      method,
      headers: {
        ...(options.body !== undefined && { 'content-type': 'application/json' }),
        ...(this.apiKey !== undefined && { authorization: `Bearer ${this.apiKey}` }),
        ...options.headers,
      },
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    });
    if (response.ok || options.accept?.includes(response.status)) return response;
    throw await readProblem(response);
  }

  private async reach(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(new URL(path, this.url), init);
    } catch (error) {
      throw new CliError(
        'gateway_unreachable',
        `no gateway answers at ${this.url}: ${describeError(error)}`,
        {
          cause: error,
        },
      );
    }
  }

  private async parse<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
    const parsed = schema.safeParse(await response.json().catch(() => null));
    if (parsed.success) return parsed.data;
    const path = new URL(response.url).pathname;
    throw new CliError('not_a_gateway', `${this.url} answers ${path} in a form that is not the gateway's`, {
      cause: parsed.error,
    });
  }
}

function pathOf(name: string, part: 'descriptions' | 'examples'): string {
  return `/v1/datasources/${encodeURIComponent(name)}/${part}`;
}
