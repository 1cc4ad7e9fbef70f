import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { configModule } from '#shared/config/config.module';
import { PersistenceModule } from '#shared/persistence/persistence.module';
import { QueueModule } from '#shared/queue/queue.module';
import { stageProviders } from '#shared/queue/stage.processor';
import { Metrics } from '#shared/telemetry/metrics';
import { TelemetryModule } from '#shared/telemetry/telemetry.module';
import { Choice } from './candidates/choice.js';
import { WeightedChoice } from './candidates/weighted.js';
import { readWeights } from './candidates/weights.js';
import { CheckProcessor } from './check.processor.js';
import { CheckService } from './checks/check.service.js';
import type { ExecutorConfig } from './config.js';
import { ExecuteProcessor } from './execute.processor.js';
import { ExecuteService } from './execute.service.js';
import { DialectSandbox } from './sandbox/dialect.sandbox.js';
import { MeasuredSandbox } from './sandbox/measured.sandbox.js';
import { Sandbox } from './sandbox/sandbox.js';
import { SandboxLife } from './sandbox.life.js';
import { Targets } from './targets.js';

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
        {
          provide: DialectSandbox,
          useFactory: () => new DialectSandbox({ cacheFolder: join(config.NANO_HOME, 'sandbox') }),
        },
        { provide: Sandbox, useExisting: DialectSandbox },
        {
          provide: MeasuredSandbox,
          inject: [DialectSandbox, Metrics],
          useFactory: (sandbox: DialectSandbox, metrics: Metrics) => new MeasuredSandbox(sandbox, metrics),
        },
        {
          provide: Choice,
          useFactory: () => new WeightedChoice(readWeights(config.EXECUTOR_CHOICE_WEIGHTS)),
        },
        SandboxLife,
        ExecuteService,
        ExecuteProcessor,
        Targets,
        CheckService,
        CheckProcessor,
      ],
    };
  }
}
