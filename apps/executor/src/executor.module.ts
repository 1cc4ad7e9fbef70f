import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { configModule } from '#shared/config/config.module';
import { PersistenceModule } from '#shared/persistence/persistence.module';
import { QueueModule } from '#shared/queue/queue.module';
import { stageProviders } from '#shared/queue/stage.processor';
import { TelemetryModule } from '#shared/telemetry/telemetry.module';
import type { ExecutorConfig } from './config.js';
import { ExecuteProcessor } from './execute.processor.js';
import { ExecuteService } from './execute.service.js';
import { DialectSandbox } from './sandbox/dialect.sandbox.js';
import { Sandbox } from './sandbox/sandbox.js';

@Injectable()
class SandboxGuard implements OnApplicationShutdown {
  constructor(private readonly sandbox: Sandbox) {}

  async onApplicationShutdown(): Promise<void> {
    await this.sandbox.close();
  }
}

@Module({})
export class ExecutorModule {
  static forRoot(config: ExecutorConfig): DynamicModule {
    return {
      module: ExecutorModule,
      imports: [
        configModule('executor', config),
        TelemetryModule.forRoot('executor', config),
        PersistenceModule.forRoot(config),
        QueueModule.forRoot(config),
      ],
      providers: [
        ...stageProviders,
        { provide: Sandbox, useFactory: () => new DialectSandbox() },
        SandboxGuard,
        ExecuteService,
        ExecuteProcessor,
      ],
    };
  }
}
