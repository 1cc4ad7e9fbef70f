import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GatewayClient } from '../../apps/cli/src/client/gateway-client.js';
import { untilReady as untilIndexed } from '../../apps/cli/src/embedded/samples.js';
import { buildSamples } from '../../samples/src/build.js';
import type { Child } from '../machine/child.js';
import { Processes } from '../machine/processes.js';
import { freePort } from '../machine/redis.js';
import type { Timing } from '../t4/timing.js';

export const appNames = ['gateway', 'retriever', 'generator', 'executor'] as const;
export type AppName = (typeof appNames)[number];

export interface DeploymentSettings {
  /** How many of each. */
  copies: Readonly<Record<AppName, number>>;
  model: Timing;
  environment?: NodeJS.ProcessEnv;
  /** Folder of the version, built, that the applications run; this one if not given. */
  version?: string;
}

/** One application as a process; a gateway stays at its address when it is restarted. */
export interface App {
  name: AppName;
  /** As it is called in figures: `executor 2`. */
  part: string;
  url: string;
  pid: number;
  /** Tells it to stop and waits until it has drained. Null when it did not and was killed. */
  stop(): Promise<number | null>;
  /** Resolves once `/readyz` says 200. @param version the folder of another version, from then on */
  start(version?: string): Promise<void>;
}

/** The folder of this version. */
export const thisVersion = fileURLToPath(new URL('../../../', import.meta.url));

const readyWithinMs = 60_000;

/** The service as it is deployed: each application as processes of its own, Redis, PostgreSQL and a timed model server, on loopback. */
export class Deployment {
  readonly apps: App[] = [];
  databaseUrl = '';
  redisUrl = '';
  private readonly processes = new Processes(null);

  private constructor(private readonly folder: string) {}

  static async start(settings: DeploymentSettings): Promise<Deployment> {
    const deployment = new Deployment(mkdtempSync(join(tmpdir(), 'nano-bench-deployment-')));
    await deployment.open(settings);
    return deployment;
  }

  get gateways(): App[] {
    return this.apps.filter(({ name }) => name === 'gateway');
  }

  /** Process ids by part, databases and model server included. */
  get pids(): Readonly<Record<string, number>> {
    return this.processes.pids;
  }

  async close(): Promise<void> {
    await this.processes.close();
  }

  /** As it is done before a rollout. @throws where it fails */
  async migrate(version: string): Promise<void> {
    const program = join(version, 'dist/apps/gateway/src/migrate.main.js');
    const env = { ...process.env, DATABASE_URL: this.databaseUrl, QUEUE_URL: this.redisUrl };
    await promisify(execFile)(process.execPath, [program], { env });
  }

  private async open({ copies, model, environment, version }: DeploymentSettings): Promise<void> {
    // Also of a bench that is interrupted.
    process.once('exit', () => rmSync(this.folder, { recursive: true, force: true }));
    this.databaseUrl = await this.processes.startPostgres();
    this.redisUrl = await this.processes.startRedis();
    const server = await this.processes.start('model server', {
      file: 'bench/t4/server.js',
      args: [JSON.stringify(model)],
      ready: /ready at (\S+)/u,
    });
    const shared = {
      DATABASE_URL: this.databaseUrl,
      QUEUE_URL: this.redisUrl,
      NANO_MASTER_KEY: randomBytes(32).toString('base64'),
      LLM_BASE_URL: server.said,
      LLM_MODEL: 'timed',
      LOG_LEVEL: 'warn',
      LOG_FILE: join(this.folder, 'nano.log'),
      ...environment,
    };
    for (const name of appNames)
      await Promise.all(
        Array.from({ length: copies[name] }, (_, copy) =>
          this.addApp(name, copy + 1, shared, version ?? thisVersion),
        ),
      );
    await this.registerSamples();
  }

  private async addApp(
    name: AppName,
    number: number,
    shared: NodeJS.ProcessEnv,
    version: string,
  ): Promise<void> {
    const port = await freePort();
    const part = `${name} ${number}`;
    const env = {
      ...shared,
      NANO_HOME: join(this.folder, part.replace(' ', '-')),
      [`${name.toUpperCase()}_PORT`]: String(port),
    };
    let folder = version;
    let child: Child;
    const app: App = {
      name,
      part,
      url: `http://127.0.0.1:${port}`,
      pid: 0,
      stop: () => child.stop(),
      start: async (other = folder) => {
        folder = other;
        const file = join(folder, `dist/apps/${name}/src/main.js`);
        child = await this.processes.start(part, { file, env, ready: /listens at (\S+)/u });
        app.pid = child.pid;
        await untilReady(app.url);
      },
    };
    await app.start();
    this.apps.push(app);
  }

  private async registerSamples(): Promise<void> {
    const client = new GatewayClient(this.gateways[0]?.url ?? '');
    for (const { name, path } of buildSamples(join(this.folder, 'samples'))) {
      await client.registerDatasource({ name, connection: { dialect: 'sqlite', file: path } });
      await untilIndexed(client, name);
    }
  }
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  const isReady = () =>
    fetch(new URL('/readyz', url)).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (performance.now() > deadline) throw new Error(`${url} is not ready in time.`);
    await sleep(50);
  }
}
