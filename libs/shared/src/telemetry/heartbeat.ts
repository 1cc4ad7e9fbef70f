import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import packageJson from '#package.json' with { type: 'json' };
import type { AppFacts } from '../contracts/diagnostics.js';
import { describeError } from '../errors/app-error.js';
import { HeartbeatStore } from '../persistence/heartbeat.store.js';
import type { QueueBackend } from '../queue/queue-backend.js';
import { QUEUE_BACKEND } from '../queue/tokens.js';
import { within } from '../queue/within.js';
import { Readiness, type ReadinessCheck } from './readiness.js';

export const heartbeatMs = 10_000;
const checkWithinMs = 2_000;
const preciseMs = 500;

export const APP_NAME = Symbol('app name');

type Aside = Omit<AppFacts, 'parts'>;

/** Writes down every 10 s that this process lives and what it says of its parts: gateways know of the others by that alone. */
@Injectable()
export class Heartbeat implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(Heartbeat.name);
  private readonly id = randomUUID();
  private readonly asides: (() => Promise<Aside>)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  private writing: Promise<number> | undefined;
  private isStopped = false;
  private isHeard = true;
  private clockAheadMs = 0;

  constructor(
    @Inject(APP_NAME) private readonly app: string,
    private readonly store: HeartbeatStore,
    private readonly readiness: Readiness,
    @Inject(QUEUE_BACKEND) private readonly queue: QueueBackend,
  ) {}

  /** What an app tells that is no part of its readiness. It must not throw. */
  tell(look: () => Promise<Aside>): void {
    this.asides.push(look);
  }

  onApplicationBootstrap(): void {
    this.beat();
    this.timer = setInterval(() => this.beat(), heartbeatMs).unref();
  }

  /**
   * From now on it takes no jobs. What is being looked at is not waited for, but nothing may be written after the row is gone. A
   * database that does not answer keeps no app from stopping.
   */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await within(checkWithinMs, this.sayGoodbye()).catch(() => undefined);
  }

  private async sayGoodbye(): Promise<void> {
    await this.writing?.catch(() => undefined);
    await this.store.stop(this.id);
  }

  private beat(): void {
    this.beating ??= this.write().finally(() => (this.beating = undefined));
  }

  private async write(): Promise<void> {
    const { id, app } = this;
    try {
      const [parts, ...asides] = await Promise.all([this.parts(), ...this.asides.map((look) => look())]);
      const facts = Object.assign({ parts }, ...asides) as AppFacts;
      if (this.isStopped) return;
      const identity = { id, app, version: packageJson.version, host: hostname() };
      const begun = Date.now();
      this.writing = this.store.beat(identity, this.clockAheadMs, facts);
      this.compareClocks(begun, await this.writing);
      if (!this.isHeard) this.logger.log('The heartbeat is written again.');
      this.isHeard = true;
    } catch (error) {
      if (this.isHeard) this.logger.warn(`The heartbeat is not written: ${describeError(error)}`);
      this.isHeard = false;
    }
  }

  /** With the clock of the database in the middle of the statement; one that took long says nothing. For the next heartbeat. */
  private compareClocks(begun: number, database: number): void {
    const took = Date.now() - begun;
    if (took < preciseMs) this.clockAheadMs = begun + took / 2 - database;
  }

  private async parts(): Promise<AppFacts['parts']> {
    const queue: ReadinessCheck = async () => {
      await this.queue.ping();
      return { backend: this.queue.kind };
    };
    const checks: [string, ReadinessCheck][] = [['queue', queue], ...this.readiness.checks];
    const looked = checks.map(async ([part, check]) => [part, await stateOf(check)] as const);
    return Object.fromEntries(await Promise.all(looked));
  }
}

async function stateOf(check: ReadinessCheck): Promise<AppFacts['parts'][string]> {
  try {
    return { ...(await within(checkWithinMs, check())), status: 'up' };
  } catch (error) {
    return { status: 'down', message: describeError(error) };
  }
}
