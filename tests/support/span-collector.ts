import { createServer, type IncomingMessage } from 'node:http';

export interface CollectedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  attributes: Record<string, unknown>;
  links: { traceId: string; spanId: string }[];
  /** As it came, for what must not be in it. */
  text: string;
}

export interface SpanCollector {
  url: string;
  spans: CollectedSpan[];
  stop(): Promise<void>;
}

type Value = Record<string, unknown>;
type OtlpAttributes = { key: string; value: Value }[];

interface OtlpTraces {
  resourceSpans: {
    resource: { attributes: OtlpAttributes };
    scopeSpans: {
      spans: (Pick<CollectedSpan, 'name' | 'traceId' | 'spanId' | 'parentSpanId'> & {
        attributes?: OtlpAttributes;
        links?: CollectedSpan['links'];
      })[];
    }[];
  }[];
}

/** Takes spans as a collector does: OTLP over HTTP, in JSON. */
export async function startSpanCollector(): Promise<SpanCollector> {
  const spans: CollectedSpan[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      if (request.url !== '/v1/traces') return response.writeHead(404).end();
      spans.push(...spansOf(JSON.parse(body) as OtlpTraces));
      return response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    spans,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function spansOf({ resourceSpans }: OtlpTraces): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, traceId, spanId, parentSpanId, attributes = [], links = [], ...rest }) => ({
        service: String(valuesOf(resource.attributes)['service.name']),
        ...{ name, traceId, spanId, parentSpanId, links },
        attributes: valuesOf(attributes),
        text: JSON.stringify({ attributes, links, ...rest }),
      })),
    ),
  );
}

function valuesOf(attributes: OtlpAttributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
