import { Validator } from '@seriousme/openapi-schema-validator';
import { type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type Answered, ApiClient } from './client.js';

interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
export interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** A client that fails on every answer under /v1 that /openapi.json does not describe. */
export class DescribedApi extends ApiClient {
  private readonly validators = new Map<object, ValidateFunction>();
  // The vocabulary of OpenAPI adds keywords that mean nothing to a validator.
  private readonly ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));

  private constructor(
    url: string,
    headers: Record<string, string>,
    readonly description: Description,
  ) {
    super(url, headers);
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<DescribedApi> {
    const response = await fetch(`${url}/openapi.json`);
    const description = (await response.json()) as Description;
    const { valid, errors } = await new Validator().validate({ ...description });
    if (!valid) throw new Error(`/openapi.json is not valid: ${JSON.stringify(errors)}`);
    return new DescribedApi(url, headers, description);
  }

  /** `POST /v1/queries` and so on, as described. */
  get operations(): string[] {
    return Object.entries(this.description.paths).flatMap(([path, item]) =>
      Object.keys(item)
        .filter((method) => methods.includes(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
  }

  override async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered<T>> {
    const answer = await super.request<T>(method, path, body, headers);
    this.check(method, path, answer);
    return answer;
  }

  check(method: string, path: string, { status, headers, body }: Answered<unknown>): void {
    const operation = this.operationOf(method, path);
    if (!operation) return;
    const said = `${method} ${path} answered ${status} ${JSON.stringify(body ?? null).slice(0, 500)}`;
    const described = operation.responses[String(status)];
    if (!described) throw new Error(`${said}, which /openapi.json does not know`);
    const type = headers.get('content-type')?.split(';')[0] ?? '';
    if (type === '' && !described.content) return;
    const media = described.content?.[type];
    // Text, as of CSV, has no schema.
    if (media && !/[/+]json$/.test(type)) return;
    const schema = media?.schema;
    if (!schema) throw new Error(`${said} as ${type}, which /openapi.json does not describe`);
    const validate =
      this.validators.get(schema) ?? this.ajv.compile({ ...schema, components: this.description.components });
    this.validators.set(schema, validate);
    if (!validate(body)) throw new Error(`${said}: ${this.ajv.errorsText(validate.errors)}`);
  }

  private operationOf(method: string, path: string): Operation | undefined {
    const [bare = ''] = path.split('?');
    // What is no URL reaches no operation.
    if (/%(?![\da-f]{2})/i.test(bare)) return undefined;
    const found = Object.entries(this.description.paths).find(([template]) =>
      new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(bare),
    );
    return found?.[1][method.toLowerCase()];
  }
}
