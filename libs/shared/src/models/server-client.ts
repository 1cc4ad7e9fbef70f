import { z } from 'zod';

/** What a listing has that we use; servers differ in the rest. */
const listingSchema = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      owned_by: z.string().nullish(),
      /** vLLM: the name or folder that the weights were loaded from. */
      root: z.string().nullish(),
      /** vLLM: an adapter's base model. */
      parent: z.string().nullish(),
      /** vLLM: tokens that prompt and reply may have together. */
      max_model_len: z.int().positive().nullish(),
    }),
  ),
});
const completionSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
});

export interface ServedModel {
  name: string;
  /** Set for an adapter. */
  base: string | null;
  /** Where its weights came from; null where the server does not tell. */
  root: string | null;
  contextTokens: number | null;
}

export interface ServerListing {
  /** `stand-in`: this project's own servers that answer without a language model. */
  kind: 'vllm' | 'openai' | 'stand-in';
  models: ServedModel[];
}

interface Sent {
  method?: 'GET' | 'POST';
  body?: string;
  contentType?: string;
}

/** The endpoint refused, as its status and text say; a server that cannot be reached throws what `fetch` throws. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const loadWithinMs = 60_000;
/** Behind the requests that a busy server has in hand. */
const probeWithinMs = 20_000;

/** What no model would say to the question of the probe. */
const heldText = 'SELECT 7193 AS probe';

/** What an OpenAI-compatible model server tells of itself, and vLLM's requests for adapters. */
export class ServerClient {
  private readonly base: string;
  private readonly root: string;

  /**
   * @param baseUrl with `/v1`
   * @param timeoutMs for each request but the loading of an adapter, which reads some hundred megabytes
   */
  constructor(
    readonly baseUrl: string,
    private readonly apiKey: string | undefined,
    private readonly timeoutMs: number,
  ) {
    this.base = baseUrl.replace(/\/+$/u, '');
    this.root = this.base.replace(/\/v1$/u, '');
  }

  async list(): Promise<ServerListing> {
    const { data } = listingSchema.parse(await this.json(`${this.base}/models`));
    return {
      kind: kindOf(data.map(({ owned_by: owner }) => owner)),
      models: data.map(({ id, parent, root, max_model_len: length }) => ({
        name: id,
        base: parent ?? null,
        root: root ?? null,
        contextTokens: length ?? null,
      })),
    };
  }

  /**
   * Whether replies are held to a grammar, found by having one reply held to one: a server may be too old, have it switched off,
   * or ignore what it does not know. @throws what `fetch` throws, and ServerRefusal of the server's own faults
   */
  async holdsToGrammar(model: string): Promise<boolean> {
    const body = {
      model,
      messages: [{ role: 'user', content: 'Hello' }],
      max_tokens: 32,
      temperature: 0,
      structured_outputs: { grammar: `root ::= "${heldText}"` },
    };
    try {
      const response = await this.postJson(`${this.base}/chat/completions`, body, probeWithinMs);
      return completionSchema.parse(await response.json()).choices[0]?.message.content === heldText;
    } catch (error) {
      if (error instanceof ServerRefusal && error.status < 500 && error.status !== 429) return false;
      throw error;
    }
  }

  /** vLLM with VLLM_ALLOW_RUNTIME_LORA_UPDATING. A name that is loaded already counts as loaded. @throws ServerRefusal */
  async loadAdapter(name: string, path: string): Promise<void> {
    try {
      await this.post(`${this.base}/load_lora_adapter`, { lora_name: name, lora_path: path }, loadWithinMs);
    } catch (error) {
      if (!(error instanceof ServerRefusal && /already been loaded/iu.test(error.message))) throw error;
    }
  }

  async unloadAdapter(name: string): Promise<void> {
    await this.post(`${this.base}/unload_lora_adapter`, { lora_name: name });
  }

  /** Requests that wait in vLLM for a place in its batch; null where its metrics have no such line. */
  async waiting(): Promise<number | null> {
    const text = await (await this.request(`${this.root}/metrics`, {})).text();
    const lines = [...text.matchAll(/^vllm:num_requests_waiting(?:\{[^}]*\})? (\S+)$/gmu)];
    return lines.length === 0 ? null : lines.reduce((sum, [, value]) => sum + Number(value), 0);
  }

  private async json(url: string): Promise<unknown> {
    return (await this.request(url, {})).json();
  }

  private async post(url: string, body: object, withinMs = this.timeoutMs): Promise<void> {
    await (await this.postJson(url, body, withinMs)).text();
  }

  private postJson(url: string, body: object, withinMs: number): Promise<Response> {
    const sent: Sent = { method: 'POST', body: JSON.stringify(body), contentType: 'application/json' };
    return this.request(url, sent, withinMs);
  }

  private async request(
    url: string,
    { method = 'GET', body, contentType }: Sent,
    withinMs = this.timeoutMs,
  ): Promise<Response> {
    const response = await fetch(url, {
      method,
      body: body ?? null,
      redirect: 'error',
      signal: AbortSignal.timeout(withinMs),
      headers: {
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...(this.apiKey !== undefined && { authorization: `Bearer ${this.apiKey}` }),
      },
    });
    if (response.ok) return response;
    const text = await response.text();
    throw new ServerRefusal(response.status, `${url} answers ${response.status}: ${text.slice(0, 500)}`);
  }
}

function kindOf(owners: readonly (string | null | undefined)[]): ServerListing['kind'] {
  if (owners.includes('vllm')) return 'vllm';
  return owners.includes('nano-analyst') ? 'stand-in' : 'openai';
}
