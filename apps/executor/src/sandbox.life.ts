import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigurationError } from '#shared/config/environment';
import { Readiness } from '#shared/telemetry/readiness';
import { EXECUTOR_CONFIG, type ExecutorConfig } from './config.js';
import { DialectSandbox } from './sandbox/dialect.sandbox.js';
import { atLeast } from './sandbox/isolation/isolation.js';

/** Says at start what isolation the host gives, refuses less than is demanded, and ends the sandbox's processes. */
@Injectable()
export class SandboxLife implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(SandboxLife.name);

  constructor(
    private readonly sandbox: DialectSandbox,
    private readonly readiness: Readiness,
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
  }

  async onApplicationShutdown(): Promise<void> {
    await this.sandbox.close();
  }
}
