import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;
interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Json;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: Json;
}

export interface Exchange {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  status: number;
  answer: unknown;
}

/** Qdrant's own description of its API, which is not part of this repository. */
export const descriptionFile = resolve('../shared/qdrant/openapi.json');

/** Says what of a request or an answer Qdrant's description does not know. */
export class QdrantDescription {
  // The description's formats of numbers mean nothing to a validator.
  private readonly ajv = addFormats.default(new Ajv({ strict: false, allErrors: true, logger: false }));
  private readonly validators = new Map<object, ValidateFunction>();
  private readonly components: object;

  private constructor(private readonly openApi: OpenApi) {
    this.components = strict(openApi.components) as object;
  }

  /** Null where the file is not on this machine. */
  static read(): QdrantDescription | null {
    if (!existsSync(descriptionFile)) return null;
    return new QdrantDescription(JSON.parse(readFileSync(descriptionFile, 'utf8')) as OpenApi);
  }

  violations({ method, path, query, body, status, answer }: Exchange): string[] {
    const found = this.operation(method, path);
    if (!found) return [`no ${method} ${path}`];
    const { parameters = [], requestBody, responses } = found;
    const content = requestBody?.content['application/json']?.schema;
    const answered = responses[String(status)]?.content?.['application/json']?.schema;
    return [
      ...[...query].flatMap(([name, value]) => {
        const parameter = parameters.find((one) => one.in === 'query' && one.name === name);
        if (!parameter) return [`no query parameter ${name}`];
        return this.validate(parameter.schema, parsed(value), `query ${name}`);
      }),
      ...(body === undefined || content ? [] : ['no body']),
      ...(content ? this.validate(content, body, 'body') : []),
      ...(answered ? this.validate(answered, answer, 'answer') : []),
    ];
  }

  private operation(method: string, path: string): Operation | undefined {
    const found = Object.entries(this.openApi.paths)
      .filter(([template]) => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path))
      // `points/count` before `points/{id}`.
      .sort(([a], [b]) => a.split('{').length - b.split('{').length);
    return found[0]?.[1][method.toLowerCase()];
  }

  private validate(schema: Json, value: unknown, name: string): string[] {
    const validator =
      this.validators.get(schema) ??
      this.ajv.compile({ ...(strict(schema) as object), components: this.components });
    this.validators.set(schema, validator);
    if (validator(value)) return [];
    return [`${name}: ${this.ajv.errorsText(validator.errors).slice(0, 2_000)}`];
  }
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** OpenAPI 3.0 as JSON Schema: `nullable` as a type, and no property that is not described. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, example: _example, ...rest } = schema as Json;
  const entries = Object.entries(rest).map(([key, value]) => [key, strict(value)] as const);
  const plain: Json = Object.fromEntries(entries);
  const isClosed = plain['type'] === 'object' && 'properties' in plain && !('additionalProperties' in plain);
  const closed = isClosed ? { ...plain, additionalProperties: false } : plain;
  if (nullable !== true) return closed;
  return Object.keys(closed).every((key) => key === 'description')
    ? { type: 'null' }
    : { anyOf: [closed, { type: 'null' }] };
}
