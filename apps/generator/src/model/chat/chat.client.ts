import OpenAI from 'openai';
import { isAppError } from '#shared/errors/app-error';
import type { CatalogueEndpoint } from '#shared/models/catalogue';
import { traceHeaders } from '#shared/tracing/in-span';
import type { Message } from '../model.js';
import { Deadlines } from './deadlines.js';
import { httpFetch } from './http-fetch.js';
import { toModelError } from './model-errors.js';
import { type ChatReply, type Listener, readReply } from './read-reply.js';

export interface ChatRequest {
  /** As the server names the model or adapter. */
  model: string;
  messages: readonly Message[];
  samples: number;
  firstSample: number;
  /** Whether more than this request is asked for the same attempt: samples must differ then. */
  isSampled: boolean;
  maxTokens: number;
  grammar: string | undefined;
}

/** Several samples must differ; one is the model's best. */
const samplingTemperature = 0.7;

/** Chat completions of one OpenAI-compatible server. Streamed, so that a server that writes nothing is noticed early. */
export class ChatClient {
  private readonly client: OpenAI;

  constructor(private readonly endpoint: CatalogueEndpoint) {
    this.client = new OpenAI({
      baseURL: endpoint.url,
      apiKey: endpoint.apiKey ?? 'none',
      organization: null,
      project: null,
      // Retries are the queue's: a request that waits here would hide from its metrics.
      maxRetries: 0,
      timeout: endpoint.totalMs,
      logLevel: 'off',
      fetch: httpFetch(),
    });
  }

  /**
   * Closes the connection when the signal aborts, so that the server stops.
   * @throws AppError of the stage generate; the signal's reason when it aborts
   */
  async complete(request: ChatRequest, signal: AbortSignal, listener: Listener): Promise<ChatReply> {
    const deadlines = new Deadlines(this.endpoint);
    try {
      const response = await this.send(request, AbortSignal.any([signal, deadlines.signal]));
      return await readReply(response, {
        onText: listener.onText,
        onFirstToken: () => {
          deadlines.firstTokenCame();
          listener.onFirstToken();
        },
      });
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      if (deadlines.signal.aborted) throw deadlines.signal.reason;
      throw isAppError(thrown) ? thrown : toModelError(thrown, this.endpoint, request.model);
    } finally {
      deadlines.clear();
    }
  }

  /* eslint-disable @typescript-eslint/no-deprecated -- Servers of one's own know these names; few know their successors. */
  private send(request: ChatRequest, signal: AbortSignal): Promise<Response> {
    const { model, messages, samples, firstSample, isSampled, maxTokens, grammar } = request;
    return this.client.chat.completions
      .create(
        {
          model,
          messages: [...messages],
          n: samples,
          temperature: isSampled ? samplingTemperature : 0,
          // vLLM seeds sample i of a request with seed + i, so further samples continue the first ones.
          ...(isSampled && { seed: firstSample }),
          max_tokens: maxTokens,
          stream: true,
          stream_options: { include_usage: true },
          ...(grammar !== undefined && { structured_outputs: { grammar } }),
        },
        { signal, headers: traceHeaders() },
      )
      .asResponse();
  }
}
