import { Inject, Injectable } from '@nestjs/common';
import OpenAI from 'openai';
import { z } from 'zod';
import { ServerClient } from '#shared/models/server-client';
import { isAppError, permanent } from '#shared/errors/app-error';
import { Metrics } from '#shared/telemetry/metrics';
import { GENERATOR_CONFIG, type GeneratorConfig } from '../config.js';
import { type Message, Model, type ModelLimits, type Reply, type ReplyOptions } from './model.js';
import { toModelError } from './model-errors.js';

/** What we rely on of a reply. Servers differ in the rest, so only this is checked. */
const replySchema = z.object({
  model: z.string().optional(),
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
  usage: z
    .object({ prompt_tokens: z.int().nonnegative(), completion_tokens: z.int().nonnegative() })
    .nullish(),
});

/** Several samples must differ; one is the model's best. */
const samplingTemperature = 0.7;

@Injectable()
export class OpenAiModel extends Model {
  private readonly client: OpenAI;
  private takesGrammar: Promise<boolean> | undefined;

  constructor(
    @Inject(GENERATOR_CONFIG) private readonly config: GeneratorConfig,
    private readonly metrics: Metrics,
  ) {
    super();
    this.client = new OpenAI({
      baseURL: config.LLM_BASE_URL,
      apiKey: config.LLM_API_KEY ?? 'none',
      organization: null,
      project: null,
      // Retries are the queue's: a request that waits here would hide from its metrics.
      maxRetries: 0,
      timeout: config.LLM_TIMEOUT_MS,
      logLevel: 'off',
    });
  }

  override async limits(): Promise<ModelLimits> {
    return { contextTokens: null, maxTokens: this.config.LLM_MAX_TOKENS };
  }

  override async reply(messages: readonly Message[], options: ReplyOptions): Promise<Reply> {
    const { signal } = options;
    try {
      const reply = await this.request(messages, options);
      this.metrics.tokens.inc({ kind: 'prompt' }, reply.promptTokens ?? 0);
      this.metrics.tokens.inc({ kind: 'completion' }, reply.completionTokens ?? 0);
      return reply;
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      const error = isAppError(thrown) ? thrown : toModelError(thrown, this.config);
      this.metrics.modelErrors.inc({ code: error.code });
      throw error;
    }
  }

  private async request(
    messages: readonly Message[],
    { samples, signal, grammar }: ReplyOptions,
  ): Promise<Reply> {
    const constrained = grammar !== undefined && (await this.canConstrain());
    const body = await this.client.chat.completions.create(
      {
        model: this.config.LLM_MODEL,
        messages: [...messages],
        n: samples,
        temperature: samples > 1 ? samplingTemperature : 0,
        // Servers of one's own know this name; few know its successor.
        // eslint-disable-next-line @typescript-eslint/no-deprecated
        max_tokens: this.config.LLM_MAX_TOKENS,
        ...(constrained && { structured_outputs: { grammar } }),
      },
      { signal },
    );
    const parsed = replySchema.safeParse(body);
    if (!parsed.success) throw permanentReply(z.prettifyError(parsed.error));
    const { choices, usage, model } = parsed.data;
    return {
      texts: choices.map((choice) => choice.message.content ?? ''),
      model: model ?? this.config.LLM_MODEL,
      endpoint: 'default',
      constrained,
      promptTokens: usage?.prompt_tokens ?? null,
      completionTokens: usage?.completion_tokens ?? null,
    };
  }

  private canConstrain(): Promise<boolean> {
    const server = new ServerClient(this.config.LLM_BASE_URL, this.config.LLM_API_KEY, 2_000);
    return (this.takesGrammar ??= server.takesGrammar().catch(() => false));
  }
}

function permanentReply(detail: string) {
  return permanent('model_reply_malformed', `The model server's reply is not a chat completion: ${detail}`);
}
