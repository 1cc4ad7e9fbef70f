import 'reflect-metadata';
import type { Server, ServerResponse } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { Logger } from 'nestjs-pino';
import type { Environment } from './environment.js';

/** A started app: where it listens, and how it stops (drained, connections closed). */
export interface RunningApp {
  url: string;
  close(): Promise<void>;
}

export type StartApp = (environment: Environment) => Promise<RunningApp>;

interface Listening {
  host: string;
  port: number;
  /** Last changes to the application before it listens. */
  prepare?: (app: NestFastifyApplication) => Promise<void> | void;
  /** Answers what the router refuses before there is a route. */
  answerRouterError?: NonNullable<FastifyServerOptions['frameworkErrors']>;
}

const bodyLimitBytes = 256 * 1024;

/** Creates the Nest application of a module and listens. The caller decides what SIGTERM does: see runApp. */
export async function startServer(
  module: DynamicModule,
  { host, port, prepare, answerRouterError }: Listening,
): Promise<RunningApp> {
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: 'idle',
    // What still comes on an open connection while the app drains is answered like all else, and not with a bare 503.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    ...(answerRouterError && { frameworkErrors: answerRouterError }),
  });
  // JSON only: what a form of another site could send without asking is refused.
  adapter.getInstance().removeContentTypeParser('text/plain');
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  const openRequests = new OpenRequests(app.getHttpServer());
  try {
    app.useLogger(app.get(Logger));
    await prepare?.(app);
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw error;
  }
  const address = app.getHttpServer().address();
  const boundPort = typeof address === 'object' && address ? address.port : port;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shownHost}:${boundPort}`, close: () => closeDrained(app, openRequests) };
}

const sweepMs = 20;

/** The requests that have no complete response yet, event streams included. */
class OpenRequests {
  private readonly responses = new Set<ServerResponse>();
  private isLast = false;

  constructor(server: Server) {
    server.on('request', (_, response) => {
      if (this.isLast) response.setHeader('Connection', 'close');
      this.responses.add(response);
      response.once('close', () => this.responses.delete(response));
    });
  }

  get count(): number {
    return this.responses.size;
  }

  /** From now on clients are told not to use their connection again: its end would meet their next request. */
  areLast(): void {
    this.isLast = true;
    for (const response of this.responses)
      if (!response.headersSent) response.setHeader('Connection', 'close');
  }
}

/**
 * Stops to listen, answers what was asked, and then hangs up. A client may keep a connection for a minute that was busy
 * when the server stopped to listen, or that never carried a request: Node calls neither idle.
 */
async function closeDrained(app: NestFastifyApplication, openRequests: OpenRequests): Promise<void> {
  const server = app.getHttpServer();
  openRequests.areLast();
  const sweep = setInterval(() => {
    if (!server.listening && openRequests.count === 0) server.closeAllConnections();
  }, sweepMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}

/** The life of an app as a process of its own: starts, drains on SIGTERM or SIGINT, exits 1 when it cannot start. */
export async function runApp(name: string, start: StartApp): Promise<void> {
  const starting = start(process.env);
  // From the first moment on: workers have jobs in hand before the app listens.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop(name, starting));
  try {
    const { url } = await starting;
    process.stderr.write(`${name} listens at ${url}\n`);
  } catch (error) {
    process.stderr.write(`${name} cannot start. ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

function stop(name: string, starting: Promise<RunningApp>): void {
  starting
    .then((app) => app.close())
    .then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${name} did not stop cleanly: ${String(error)}\n`);
        process.exit(1);
      },
    );
}
