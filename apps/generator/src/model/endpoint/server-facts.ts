import { Logger } from '@nestjs/common';
import type { Fallback } from '#shared/contracts/attempt';
import { describeError } from '#shared/errors/app-error';
import type { CatalogueAdapter, CatalogueEndpoint } from '#shared/models/catalogue';
import { ServerClient, type ServerListing, ServerRefusal } from '#shared/models/server-client';

const answerWithinMs = 5_000;
/** What a server says of itself holds so long; so does its refusal of an adapter. */
const heldMs = 30_000;
/** A server that holds to no grammar may be another one after a new start. */
const grammarHeldMs = 600_000;

/** What a model server tells of itself, asked when it is needed and kept for a while; and its adapters. */
export class ServerFacts {
  private readonly logger = new Logger(ServerFacts.name);
  private readonly server: ServerClient;
  private listing: Promise<ServerListing | null> | undefined;
  private listedAt = 0;
  private grammar: Promise<boolean> | undefined;
  private readonly loading = new Map<string, Promise<Fallback['reason'] | null>>();

  constructor(private readonly endpoint: CatalogueEndpoint) {
    this.server = new ServerClient(endpoint.url, endpoint.apiKey, answerWithinMs);
  }

  async isVllm(): Promise<boolean> {
    if (this.endpoint.kind !== 'auto') return this.endpoint.kind === 'vllm';
    return (await this.list())?.kind === 'vllm';
  }

  /** Whether the model's replies can be held to a grammar. Asked of vLLM by a small request, once. */
  async takesGrammar(model: string): Promise<boolean> {
    if (this.endpoint.grammar !== undefined) return this.endpoint.grammar;
    if (!(await this.isVllm())) return false;
    this.grammar ??= this.probeGrammar(model);
    return this.grammar;
  }

  /** The server refused a grammar: that one, or all of them. */
  doubtGrammar(): void {
    this.grammar = undefined;
  }

  /** Null where the server does not tell, or does not answer. */
  async contextTokens(model: string): Promise<number | null> {
    const listed = (await this.list())?.models.find(({ name }) => name === model);
    return listed?.contextTokens ?? null;
  }

  /** Null once the server serves the adapter, loaded where it was missing; else why it does not. */
  async provide(adapter: CatalogueAdapter): Promise<Fallback['reason'] | null> {
    const listing = await this.list();
    // A server that does not answer here may answer the request, which knows best.
    if (!listing || listing.models.some(({ name }) => name === adapter.name)) return null;
    const { path } = adapter;
    if (path === undefined || !(await this.isVllm())) return 'adapter_missing';
    const loading = this.loading.get(adapter.name) ?? this.load(adapter.name, path);
    this.loading.set(adapter.name, loading);
    return loading;
  }

  /** The server did not know a model that it was believed to serve: it was started anew, or somebody unloaded it. */
  forget(): void {
    this.listing = undefined;
    this.loading.clear();
  }

  waiting(): Promise<number | null> {
    return this.server.waiting();
  }

  private async probeGrammar(model: string): Promise<boolean> {
    const forgetIn = (ms: number) => setTimeout(() => this.doubtGrammar(), ms).unref();
    try {
      const holds = await this.server.holdsToGrammar(model);
      if (!holds) forgetIn(grammarHeldMs);
      return holds;
    } catch (error) {
      this.logger.debug(`${this.endpoint.name} does not answer the probe: ${describeError(error)}`);
      forgetIn(heldMs);
      return false;
    }
  }

  private async load(name: string, path: string): Promise<Fallback['reason'] | null> {
    try {
      await this.server.loadAdapter(name, path);
      this.logger.log(`${this.endpoint.name} has loaded the adapter ${name}.`);
      return null;
    } catch (error) {
      this.logger.warn(`${this.endpoint.name} does not load the adapter ${name}: ${describeError(error)}`);
      setTimeout(() => this.loading.delete(name), heldMs).unref();
      // vLLM has no such request unless runtime updating is allowed.
      return error instanceof ServerRefusal &&
        error.status === 404 &&
        !/path|file|adapter/iu.test(error.message)
        ? 'adapter_missing'
        : 'adapter_not_loaded';
    }
  }

  /** The first one is waited for; later, what was known stands until the server has told anew: it may hang by then. */
  private list(): Promise<ServerListing | null> {
    const known = this.listing;
    if (known && performance.now() - this.listedAt < heldMs) return known;
    this.listedAt = performance.now();
    const listing = this.server.list().catch((error: unknown) => {
      this.logger.debug(`${this.endpoint.name} does not list its models: ${describeError(error)}`);
      return null;
    });
    if (!known) return (this.listing = listing);
    void listing.then(() => {
      if (this.listing === known) this.listing = listing;
    });
    return known;
  }
}
