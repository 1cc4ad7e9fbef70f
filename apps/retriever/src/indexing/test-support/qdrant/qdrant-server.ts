import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ZodError } from 'zod';
import { type Exchange, QdrantDescription } from './description.js';
import type { Point } from './filter.js';
import { Points } from './points.js';
import { type Request, requests } from './requests.js';

interface Collection {
  config: Request<'createCollection'>;
  indexes: Map<string, Request<'createIndex'>['field_schema']>;
  points: Points;
}

/** What the next requests get instead of an answer. */
export interface Fault {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A stand-in for Qdrant, over HTTP, for what the adapter asks of it. It refuses what it does not know, and what Qdrant's own
 * description does not, where that is on this machine.
 */
export class QdrantServer {
  readonly collections = new Map<string, Collection>();
  readonly exchanges: Exchange[] = [];
  readonly apiKeys = new Set<string | undefined>();
  /** Called before each request is worked on; a fault that it returns is the answer. */
  intercept: (operation: string, body: unknown) => Fault | undefined = () => undefined;
  private readonly description = QdrantDescription.read();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<QdrantServer> {
    const server = createServer();
    const qdrant = new QdrantServer(server);
    server.on('request', (request, response) => void qdrant.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return qdrant;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Requests so far, as `POST /collections/{name}/points/query`. */
  get operations(): string[] {
    return this.exchanges.map(({ method, path }) => operationOf(method, path));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', this.url);
    const text = await read(request);
    const body = text === '' ? undefined : (JSON.parse(text) as unknown);
    this.apiKeys.add(request.headers['api-key'] as string | undefined);
    const fault = this.intercept(operationOf(method, path), body);
    if (fault) {
      response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
      return;
    }
    let { status, answer } = this.answer(method, path, body);
    const exchange = { method, path, query, body, status, answer };
    this.exchanges.push(exchange);
    const violations = this.description?.violations(exchange) ?? [];
    if (violations.length > 0) {
      status = 422;
      answer = { status: { error: `Not as Qdrant describes ${method} ${path}: ${violations.join('; ')}` } };
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  private answer(method: string, path: string, body: unknown): { status: number; answer: unknown } {
    try {
      const result = this.result(method, decodeURIComponent(path), body);
      return { status: 200, answer: { result, status: 'ok', time: 0.001 } };
    } catch (error) {
      const status = error instanceof Refusal ? error.status : error instanceof ZodError ? 400 : 500;
      return { status, answer: { status: { error: (error as Error).message }, time: 0.001 } };
    }
  }

  private result(method: string, path: string, body: unknown): unknown {
    const [, , name = ''] = path.split('/');
    const operation = operationOf(method, path);
    if (operation === 'GET /collections')
      return { collections: [...this.collections.keys()].map((one) => ({ name: one })) };
    if (operation === 'PUT /collections/{name}')
      return this.create(name, requests.createCollection.parse(body));
    const collection = this.collections.get(name);
    if (!collection) throw new Refusal(404, `Not found: Collection \`${name}\` doesn't exist!`);
    const { points, indexes } = collection;
    const updated = { operation_id: 1, status: 'completed' };
    switch (operation) {
      case 'GET /collections/{name}':
        return infoOf(collection);
      case 'PUT /collections/{name}/index': {
        const { field_name, field_schema } = requests.createIndex.parse(body);
        indexes.set(field_name, field_schema);
        return updated;
      }
      case 'PUT /collections/{name}/points': {
        const request = requests.upsert.parse(body);
        for (const point of request.points) checkVectors(collection, point);
        points.upsert(request);
        return updated;
      }
      case 'POST /collections/{name}/points/payload':
        points.setPayload(requests.setPayload.parse(body));
        return updated;
      case 'POST /collections/{name}/points/batch':
        return requests.batch.parse(body).operations.map((one) => {
          points.delete(one.delete.filter);
          return updated;
        });
      case 'POST /collections/{name}/points': {
        const { ids, with_payload } = requests.retrieve.parse(body);
        return ids.flatMap((id) => {
          const point = points.byId.get(id);
          return point ? [record(point, with_payload)] : [];
        });
      }
      case 'POST /collections/{name}/points/scroll': {
        const { filter, limit, offset = '', with_payload } = requests.scroll.parse(body);
        const found = points.matching(filter).sort((a, b) => (a.id < b.id ? -1 : 1));
        const from = found.filter(({ id }) => id >= offset);
        return {
          points: from.slice(0, limit).map((point) => record(point, with_payload)),
          next_page_offset: from[limit]?.id ?? null,
        };
      }
      case 'POST /collections/{name}/points/count':
        return { count: points.matching(requests.count.parse(body).filter).length };
      case 'POST /collections/{name}/points/query': {
        const query = requests.query.parse(body);
        for (const {
          using,
          query: { nearest },
        } of query.prefetch)
          checkVectors(collection, { vector: { [using]: nearest } });
        return {
          points: points
            .query(query)
            .map(({ point, score }) => ({ ...record(point, query.with_payload), version: 1, score })),
        };
      }
      default:
        throw new Refusal(404, `no ${operation} here`);
    }
  }

  private create(name: string, config: Request<'createCollection'>): boolean {
    if (this.collections.has(name))
      throw new Refusal(409, `Wrong input: Collection \`${name}\` already exists!`);
    this.collections.set(name, { config, indexes: new Map(), points: new Points() });
    return true;
  }
}

function operationOf(method: string, path: string): string {
  return `${method} ${path.replace(/^\/collections\/[^/]+/, '/collections/{name}')}`;
}

/** Vectors must be known to the collection, and have its dimension. */
function checkVectors({ config }: Collection, { vector }: Pick<Point, 'vector'>): void {
  for (const [name, value] of Object.entries(vector)) {
    const size = config.vectors[name]?.size;
    if (Array.isArray(value) ? size === undefined : !(name in config.sparse_vectors))
      throw new Refusal(400, `Wrong input: Not existing vector name error: ${name}`);
    if (Array.isArray(value) && value.length !== size)
      throw new Refusal(
        400,
        `Wrong input: Vector dimension error: expected dim: ${size}, got ${value.length}`,
      );
  }
}

function record({ id, payload }: Point, withPayload: boolean | string[]): object {
  if (withPayload === false) return { id };
  if (withPayload === true) return { id, payload };
  return {
    id,
    payload: Object.fromEntries(Object.entries(payload).filter(([key]) => withPayload.includes(key))),
  };
}

function infoOf({ config, indexes, points }: Collection): object {
  const { vectors, sparse_vectors, shard_number = 1, replication_factor = 1 } = config;
  return {
    status: 'green',
    optimizer_status: 'ok',
    points_count: points.byId.size,
    segments_count: 1,
    config: {
      params: { vectors, sparse_vectors, shard_number, replication_factor },
      hnsw_config: { m: 16, ef_construct: 100, full_scan_threshold: 10_000 },
      optimizer_config: {
        deleted_threshold: 0.2,
        vacuum_min_vector_number: 1_000,
        default_segment_number: 0,
        flush_interval_sec: 5,
      },
    },
    payload_schema: Object.fromEntries(
      [...indexes].map(([name, params]) => [name, { data_type: 'keyword', params, points: 0 }]),
    ),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
