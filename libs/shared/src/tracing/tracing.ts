import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Telemetry } from 'bullmq';
import type { SpanExport } from './span-export.js';

export interface TracingConfig {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_BSP_SCHEDULE_DELAY: number;
}

/** The export of an app's spans. Off unless an endpoint is configured; its code is not even loaded then. */
@Injectable()
export class Tracing implements OnApplicationShutdown {
  private constructor(private readonly spans: SpanExport | undefined) {}

  static async start(
    app: string,
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: delayMs }: TracingConfig,
  ): Promise<Tracing> {
    if (endpoint === undefined) return new Tracing(undefined);
    const { exportSpans } = await import('./span-export.js');
    return new Tracing(exportSpans(app, endpoint, delayMs));
  }

  get queues(): Telemetry | undefined {
    return this.spans?.queues;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.spans?.stop();
  }
}
