import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigurationError } from '#shared/config/environment';
import { Metrics } from '#shared/telemetry/metrics';
import { Readiness } from '#shared/telemetry/readiness';
import { EXECUTOR_CONFIG, type ExecutorConfig } from './config.js';
import { DialectSandbox } from './sandbox/dialect.sandbox.js';
import { atLeast } from './sandbox/isolation/isolation.js';

/** Says at start what isolation the host gives, refuses less than is demanded, shows the pools, and ends the sandbox's processes. */
@Injectable()
export class SandboxLife implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(SandboxLife.name);

  constructor(
    private readonly sandbox: DialectSandbox,
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    @Inject(EXECUTOR_CONFIG) private readonly config: ExecutorConfig,
  ) {}

  async onModuleInit(): Promise<void> {
    const { level, missing } = await this.sandbox.isolationLevel();
    const required = this.config.EXECUTOR_REQUIRE_ISOLATION;
    if (!atLeast(level, required)) {
      throw new ConfigurationError(
        `EXECUTOR_REQUIRE_ISOLATION demands ${required}, but this host gives ${level}: ${missing}.`,
      );
    }
    if (missing === '') this.logger.log(`Sandbox isolation: ${level}`);
    else this.logger.warn(`Sandbox isolation: ${level} only: ${missing}`);
    this.readiness.add('isolation', async () => ({ level, missing }));
    this.metrics.beforeScrape(() => this.showPools());
  }

  async onApplicationShutdown(): Promise<void> {
    await this.sandbox.close();
  }

  private async showPools(): Promise<void> {
    for (const [pool, usage] of Object.entries(await this.sandbox.usage()))
      for (const [state, count] of Object.entries(usage))
        this.metrics.process.poolConnections.set({ pool, state }, count as number);
  }
}
