import type { CatalogueEndpoint } from '#shared/models/catalogue';
import { type AppError, isAppError } from '#shared/errors/app-error';
import type { Metrics } from '#shared/telemetry/metrics';
import { inSpan } from '#shared/tracing/in-span';
import { ChatClient, type ChatRequest } from '../chat/chat.client.js';
import type { ChatReply, Listener } from '../chat/read-reply.js';
import type { ReplyOptions } from '../model.js';
import { Breaker, type BreakerState, breakerStates } from './breaker.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { ManySamples } from './many-samples.js';
import { QueueWatch } from './queue-watch.js';
import { ServerFacts } from './server-facts.js';

/** One model server with all that is known of its state: what it serves, how much it takes, whether it works. */
export class Endpoint {
  readonly facts: ServerFacts;
  private readonly chat: ChatClient;
  private readonly limit: ConcurrencyLimit;
  private readonly breaker = new Breaker();
  private readonly watch: QueueWatch;
  private readonly samples = new ManySamples();
  private isRetired = false;

  constructor(
    readonly settings: CatalogueEndpoint,
    private readonly metrics: Metrics,
  ) {
    this.chat = new ChatClient(settings);
    this.facts = new ServerFacts(settings);
    this.limit = new ConcurrencyLimit(settings.concurrency);
    this.watch = new QueueWatch(this.facts, this.limit);
    this.breaker.onChange(() => this.showState());
    this.showState();
  }

  get name(): string {
    return this.settings.name;
  }

  get load(): number {
    return this.limit.load;
  }

  get breakerState(): BreakerState {
    return this.breaker.state;
  }

  /** Several samples in as few requests as the server allows. @throws like `request` */
  ask(request: ChatRequest, options: Pick<ReplyOptions, 'signal' | 'onText'>): Promise<ChatReply> {
    return this.samples.from(request, (part) =>
      this.request(part, part.firstSample === request.firstSample ? options : { signal: options.signal }),
    );
  }

  /** @throws AppError; SetAside when the endpoint failed too often; the signal's reason */
  private async request(
    request: ChatRequest,
    { signal, onText }: Pick<ReplyOptions, 'signal' | 'onText'>,
  ): Promise<ChatReply> {
    const slot = await this.limit.acquire(signal);
    this.watch.requestStarted();
    this.showState();
    const stop = this.metrics.model.requests.startTimer({ endpoint: this.name, model: request.model });
    try {
      const firstToken = this.metrics.model.firstToken.startTimer({
        endpoint: this.name,
        model: request.model,
      });
      const listener = { onText, onFirstToken: () => void firstToken() };
      const reply = await this.breaker.run(() => this.traced(request, signal, listener));
      slot.succeeded();
      stop({ outcome: 'done' });
      return reply;
    } catch (error) {
      if (isAppError(error)) this.failed(error);
      if (isAppError(error) && error.code === 'model_overloaded') slot.refused();
      stop({ outcome: isAppError(error) ? error.code : signal.aborted ? 'aborted' : 'set_aside' });
      throw error;
    } finally {
      slot.release();
      this.showState();
    }
  }

  /** Names as OpenTelemetry's conventions for generative AI have them. */
  private traced(request: ChatRequest, signal: AbortSignal, listener: Listener): Promise<ChatReply> {
    const attributes = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': request.model,
      'gen_ai.request.choice.count': request.samples,
      'nano.endpoint': this.name,
    };
    return inSpan('generator', 'chat', attributes, async (span) => {
      const reply = await this.chat.complete(request, signal, listener);
      span.setAttributes({
        'gen_ai.usage.input_tokens': reply.promptTokens ?? undefined,
        'gen_ai.usage.output_tokens': reply.completionTokens ?? undefined,
      });
      return reply;
    });
  }

  private failed({ code }: AppError): void {
    this.metrics.model.errors.inc({ code, endpoint: this.name });
  }

  /** The catalogue has it no longer, or otherwise: what it has in hand ends, and its gauges are not its own any more. */
  retire(): void {
    this.isRetired = true;
    const { outstanding, limit, breaker } = this.metrics.model;
    for (const gauge of [outstanding, limit, breaker]) gauge.remove({ endpoint: this.name });
  }

  private showState(): void {
    if (this.isRetired) return;
    const endpoint = this.name;
    this.metrics.model.outstanding.set({ endpoint }, this.limit.outstanding);
    this.metrics.model.limit.set({ endpoint }, this.limit.limit);
    this.metrics.model.breaker.set({ endpoint }, breakerStates[this.breaker.state]);
  }
}
