import { z } from 'zod';
import { httpUrl } from '../config/environment.js';
import { dialects } from '../contracts/datasource.js';
import { templateNames } from '../prompt/template.js';
import { purposes } from './purposes.js';

const name = z.string().min(1).max(200);
/** Node's timers hold no more. */
const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);

const endpointSchema = z.strictObject({
  name: name.regex(/^[a-z0-9_.-]+$/u, 'has small letters, digits, `_`, `.` and `-` only'),
  url: httpUrl.describe('with /v1'),
  apiKeyEnv: z.string().optional().describe('Environment variable that holds its key'),
  kind: z.enum(['auto', 'vllm', 'openai']).default('auto').describe('auto asks the server'),
  concurrency: z
    .int()
    .min(1)
    .max(4_096)
    .default(16)
    .describe("Requests at a time: the size of the server's batch"),
  firstTokenMs: milliseconds.default(20_000).describe('Time to the first token'),
  totalMs: milliseconds.default(60_000).describe('Time for a reply'),
  grammar: z
    .boolean()
    .optional()
    .describe('Whether replies can be held to a grammar; asked of the server if left out'),
});

/** Layout of the prompts that a model was tuned on. */
const template = z.enum(templateNames).optional().describe('LLM_PROMPT_TEMPLATE if left out');

/** What a model or adapter answers: everything, unless it says less. Higher priorities are chosen first. */
const suitability = {
  dialects: z
    .array(z.enum(dialects))
    .min(1)
    .default([...dialects]),
  purposes: z
    .array(z.enum(purposes))
    .min(1)
    .default([...purposes]),
  priority: z.int().default(0),
};

const adapterSchema = z.strictObject({
  name,
  path: z.string().min(1).optional().describe('Folder as the server sees it, to load it from at run time'),
  template,
  ...suitability,
  purposes: suitability.purposes.unwrap().default(['first', 'correction', 'follow_up']),
});

const modelSchema = z.strictObject({
  name,
  endpoints: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Names of the endpoints that serve it; all if left out'),
  base: z
    .string()
    .min(1)
    .optional()
    .describe('Hub name of its weights, as adapters for it name it; as the server tells if left out'),
  contextTokens: z.int().min(256).optional().describe('As the server tells if left out'),
  maxTokens: z.int().min(1).default(512).describe('Tokens that a reply may have'),
  template,
  gpuSeconds: z
    .strictObject({ prompt: z.number().nonnegative(), completion: z.number().nonnegative() })
    .optional()
    .describe('Price of 1,000 tokens in seconds of a GPU'),
  ...suitability,
  adapters: z.array(adapterSchema).default([]),
});

/** The models that the generator may ask and where, as a file of YAML or JSON says it. */
export const catalogueSchema = z
  .strictObject({
    endpoints: z.array(endpointSchema).min(1),
    models: z.array(modelSchema).min(1),
  })
  .superRefine(({ endpoints, models }, context) => {
    const complain = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const known = new Set(endpoints.map((endpoint) => endpoint.name));
    endpoints.forEach((endpoint, at) => {
      if (endpoints.findIndex((other) => other.name === endpoint.name) !== at)
        complain(['endpoints', at, 'name'], `${endpoint.name} is there twice`);
    });
    const seen = new Set<string>();
    models.forEach((model, at) => {
      for (const [path, each] of [
        [[], model.name] as const,
        ...model.adapters.map((adapter, place) => [['adapters', place], adapter.name] as const),
      ]) {
        if (seen.has(each)) complain(['models', at, ...path, 'name'], `${each} is there twice`);
        seen.add(each);
      }
      model.endpoints?.forEach((endpoint, place) => {
        if (!known.has(endpoint))
          complain(['models', at, 'endpoints', place], `there is no endpoint named ${endpoint}`);
      });
    });
    for (const dialect of dialects)
      for (const purpose of purposes)
        if (!models.some((model) => model.dialects.includes(dialect) && model.purposes.includes(purpose)))
          complain(['models'], `no base model answers ${dialect} for ${purpose}`);
  });

type Catalogue = z.infer<typeof catalogueSchema>;
export type CatalogueModel = Catalogue['models'][number];
export type CatalogueAdapter = CatalogueModel['adapters'][number];

export interface CatalogueEndpoint extends Omit<Catalogue['endpoints'][number], 'apiKeyEnv'> {
  apiKey?: string;
}

export interface ModelCatalogue {
  endpoints: CatalogueEndpoint[];
  models: CatalogueModel[];
}

/** The endpoints that serve a model, in the catalogue's order. */
export function endpointsOf({ endpoints }: ModelCatalogue, model: CatalogueModel): CatalogueEndpoint[] {
  return endpoints.filter((endpoint) => model.endpoints?.includes(endpoint.name) ?? true);
}
