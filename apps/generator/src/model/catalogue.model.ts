import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Fallback, fallbackReasons } from '#shared/contracts/attempt';
import { type AppError, isAppError, retryable } from '#shared/errors/app-error';
import { endpointsOf, type ModelCatalogue } from '#shared/models/catalogue';
import { Metrics } from '#shared/telemetry/metrics';
import { APIError } from 'openai';
import type { ChatRequest } from './chat/chat.client.js';
import type { ChatReply } from './chat/read-reply.js';
import { type Choice, choicesFor } from './choices.js';
import { type BreakerState, SetAside } from './endpoint/breaker.js';
import { Endpoint } from './endpoint/endpoint.js';
import { MODEL_CATALOGUE } from './tokens.js';
import {
  type Message,
  Model,
  type ModelLimits,
  type Reply,
  type ReplyOptions,
  type Wanted,
} from './model.js';

/** How long a query waits before it tries again where every endpoint is set aside. */
const restMs = 1_000;

/** Why a choice did not answer. */
type Failure = { reason: Fallback['reason']; error: AppError | null };

/** Asks the models of the catalogue: the best choice first, of its endpoints the least loaded; then the next ones. */
@Injectable()
export class CatalogueModel extends Model {
  private readonly logger = new Logger(CatalogueModel.name);
  private endpoints: ReadonlyMap<string, Endpoint> = new Map();

  constructor(
    @Inject(MODEL_CATALOGUE) private catalogue: ModelCatalogue,
    private readonly metrics: Metrics,
  ) {
    super();
    // A rate needs the zero before the first.
    for (const reason of [...fallbackReasons, 'grammar_refused']) metrics.model.fallbacks.inc({ reason }, 0);
    this.endpoints = this.endpointsFor(catalogue);
  }

  /**
   * From now on this catalogue; requests in hand end as they began. An endpoint whose settings stay keeps what is known of it.
   * @returns whether anything differs
   */
  use(catalogue: ModelCatalogue): boolean {
    if (isDeepStrictEqual(catalogue, this.catalogue)) return false;
    const kept = new Set(catalogue.endpoints.map(({ name }) => name));
    for (const [name, endpoint] of this.endpoints) if (!kept.has(name)) endpoint.retire();
    this.endpoints = this.endpointsFor(catalogue);
    this.catalogue = catalogue;
    return true;
  }

  /** The model servers of the catalogue in use. */
  servers(): ModelCatalogue['endpoints'] {
    return this.catalogue.endpoints;
  }

  /** The catalogue, and of each endpoint whether it is set aside. */
  get inUse(): { catalogue: ModelCatalogue; breakers: ReadonlyMap<string, BreakerState> } {
    const breakers = [...this.endpoints].map(([name, endpoint]): [string, BreakerState] => [
      name,
      endpoint.breakerState,
    ]);
    return { catalogue: this.catalogue, breakers: new Map(breakers) };
  }

  override async limits(wanted: Wanted): Promise<ModelLimits> {
    const [{ model, adapter }] = this.choices(wanted);
    const { contextTokens, maxTokens } = model;
    const template = adapter?.template ?? model.template;
    const own = { maxTokens, ...(template && { template }) };
    if (contextTokens !== undefined) return { contextTokens, ...own };
    const told = await Promise.all(this.of(model).map(({ facts }) => facts.contextTokens(model.name)));
    const known = told.filter((tokens) => tokens !== null);
    return { contextTokens: known.length > 0 ? Math.min(...known) : null, ...own };
  }

  override async reply(messages: readonly Message[], options: ReplyOptions): Promise<Reply> {
    const choices = this.choices(options);
    const wanted = choices[0].name;
    const failures: Failure[] = [];
    for (const choice of choices) {
      const outcome = await this.tryChoice(choice, messages, options).catch((error: unknown): Failure => {
        // The prompt was cut to fit the first choice: a stand-in may have less room.
        if (failures.length > 0 && isAppError(error) && error.code === 'context_too_long')
          return { reason: 'unavailable', error };
        throw error;
      });
      if ('texts' in outcome) {
        const [first] = failures;
        if (!first) return outcome;
        this.metrics.model.fallbacks.inc({ reason: first.reason });
        return { ...outcome, fallback: { wanted, reason: first.reason } };
      }
      failures.push(outcome);
    }
    const errors = failures.flatMap(({ error }) => error ?? []);
    // What a retry may mend goes first: the others may be the fault of one endpoint.
    throw errors.find(({ kind }) => kind === 'retryable') ?? errors[0] ?? allSetAside(wanted);
  }

  private async tryChoice(
    choice: Choice,
    messages: readonly Message[],
    options: ReplyOptions,
  ): Promise<Reply | Failure> {
    const failures: Failure[] = [];
    for (const endpoint of this.of(choice.model).toSorted((a, b) => a.load - b.load)) {
      try {
        const reply = await this.askEndpoint(endpoint, choice, messages, options);
        if (typeof reply !== 'string') return reply;
        failures.push({ reason: reply, error: null });
      } catch (error) {
        failures.push(this.failureOf(error, endpoint, choice));
      }
    }
    // An endpoint that has the adapter and failed says more than one that lacks it.
    const [first = { reason: 'unavailable', error: null }] = failures.toSorted(
      (a, b) => Number(b.error !== null) - Number(a.error !== null),
    );
    return first;
  }

  /** The reply, or why the endpoint lacks the adapter. One that it has lost, as with a new start, is loaded once more. */
  private async askEndpoint(
    endpoint: Endpoint,
    choice: Choice,
    messages: readonly Message[],
    options: ReplyOptions,
  ): Promise<Reply | Fallback['reason']> {
    const { adapter } = choice;
    if (!adapter) return this.ask(endpoint, choice, messages, options);
    for (let tries = 1; ; tries += 1) {
      const missing = await endpoint.facts.provide(adapter);
      options.signal.throwIfAborted();
      if (missing) return missing;
      try {
        return await this.ask(endpoint, choice, messages, options);
      } catch (error) {
        if (tries > 1 || !isAppError(error) || error.code !== 'model_unknown') throw error;
        endpoint.facts.forget();
      }
    }
  }

  /** @throws the error itself where no other endpoint or model would fare better */
  private failureOf(error: unknown, endpoint: Endpoint, choice: Choice): Failure {
    if (error instanceof SetAside) return { reason: 'unavailable', error: null };
    if (!isAppError(error)) throw error;
    if (error.code === 'model_unknown') {
      endpoint.facts.forget();
      return { reason: choice.adapter ? 'adapter_missing' : 'unavailable', error };
    }
    if (error.kind === 'permanent' && !refusesKey(error)) throw error;
    this.logger.debug(`${endpoint.name} failed: ${error.code}`);
    return { reason: 'unavailable', error };
  }

  private async ask(
    endpoint: Endpoint,
    choice: Choice,
    messages: readonly Message[],
    options: ReplyOptions,
  ): Promise<Reply> {
    const { samples, firstSample = 0, grammar } = options;
    const constrained = grammar !== undefined && (await endpoint.facts.takesGrammar(choice.name));
    const request: ChatRequest = {
      model: choice.name,
      messages,
      samples,
      firstSample,
      isSampled: samples > 1 || firstSample > 0,
      maxTokens: choice.model.maxTokens,
      grammar: constrained ? grammar : undefined,
    };
    try {
      return this.replyOf(endpoint, choice, constrained, await endpoint.ask(request, options));
    } catch (error) {
      if (!constrained || !isAppError(error) || error.code !== 'model_refused') throw error;
      // The server cannot use this grammar; without one it may answer.
      endpoint.facts.doubtGrammar();
      this.metrics.model.fallbacks.inc({ reason: 'grammar_refused' });
      this.logger.warn(`${endpoint.name} refuses the grammar: ${error.message}`);
      const reply = await endpoint.ask({ ...request, grammar: undefined }, options);
      return this.replyOf(endpoint, choice, false, reply);
    }
  }

  private replyOf(
    endpoint: Endpoint,
    { name, model }: Choice,
    constrained: boolean,
    reply: ChatReply,
  ): Reply {
    const { promptTokens, completionTokens } = reply;
    this.metrics.model.tokens.inc({ kind: 'prompt', model: name }, promptTokens ?? 0);
    this.metrics.model.tokens.inc({ kind: 'completion', model: name }, completionTokens ?? 0);
    const told = { ...reply, model: name, endpoint: endpoint.name, constrained };
    if (!model.gpuSeconds || promptTokens === null || completionTokens === null) return told;
    const { prompt, completion } = model.gpuSeconds;
    const gpuSeconds = (promptTokens * prompt + completionTokens * completion) / 1_000;
    this.metrics.model.gpuSeconds.inc({ model: name }, gpuSeconds);
    return { ...told, gpuSeconds };
  }

  private endpointsFor({ endpoints }: ModelCatalogue): Map<string, Endpoint> {
    return new Map(
      endpoints.map((settings) => {
        const known = this.endpoints.get(settings.name);
        const stays = known !== undefined && isDeepStrictEqual(known.settings, settings);
        if (stays) return [settings.name, known];
        known?.retire();
        return [settings.name, new Endpoint(settings, this.metrics)];
      }),
    );
  }

  private choices(wanted: Wanted): [Choice, ...Choice[]] {
    return choicesFor(this.catalogue, wanted) as [Choice, ...Choice[]];
  }

  private of(model: Choice['model']): Endpoint[] {
    return endpointsOf(this.catalogue, model).flatMap(({ name }) => this.endpoints.get(name) ?? []);
  }
}

/** The endpoint's fault, not the request's: another one may have its key right. */
function refusesKey({ code, cause }: AppError): boolean {
  return (
    code === 'model_refused' && cause instanceof APIError && (cause.status === 401 || cause.status === 403)
  );
}

function allSetAside(wanted: string): AppError {
  return retryable('model_unavailable', `Every endpoint of ${wanted} is set aside after failures in a row.`, {
    retryAfterMs: restMs,
  });
}
