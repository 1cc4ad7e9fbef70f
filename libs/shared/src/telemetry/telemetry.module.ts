import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { LoggerModule } from 'nestjs-pino';
import { destination, type Level } from 'pino';
import { Certificates } from './certificates.js';
import { HealthController } from './health.controller.js';
import { APP_NAME, Heartbeat } from './heartbeat.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { ConnectionObserver } from './connection.observer.js';
import { Readiness } from './readiness.js';
import { queryFields } from '../tracing/query-trace.js';
import { Tracing, type TracingConfig } from '../tracing/tracing.js';

interface TelemetryConfig extends TracingConfig {
  LOG_LEVEL: string;
  LOG_FILE?: string | undefined;
}

@Global()
@Module({})
export class TelemetryModule {
  static forRoot(app: string, config: TelemetryConfig): DynamicModule {
    return {
      module: TelemetryModule,
      imports: [
        TerminusModule,
        LoggerModule.forRoot({
          pinoHttp: {
            level: config.LOG_LEVEL as Level,
            base: { app },
            mixin: queryFields,
            autoLogging: false,
            quietReqLogger: true,
            redact: ['req.headers', 'res.headers'],
            stream: destination({ dest: config.LOG_FILE ?? 1, mkdir: true, sync: false }),
          },
          // Request-scoped loggers cost a wrapper a request and no line carries a request.
          forRoutes: [],
        }),
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        Metrics,
        Readiness,
        Certificates,
        ConnectionObserver,
        { provide: APP_NAME, useValue: app },
        Heartbeat,
        { provide: Tracing, useFactory: () => Tracing.start(app, config) },
      ],
      exports: [Metrics, Readiness, Certificates, Heartbeat, Tracing],
    };
  }
}
