/**
 * `npm run bench:rolling`: every application, two of each, is stopped and started anew, one after the other, while questions
 * come; with `--from`, in another version. See docs/performance.md.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Askers } from './deployment/askers.js';
import { type App, Deployment, thisVersion } from './deployment/deployment.js';
import { measureCapacity } from './deployment/measured-capacity.js';
import { Monitor } from './deployment/monitor.js';
import { describeMachine, finish, say, type Verdict } from './deployment/results.js';
import { readSettings } from './deployment/settings.js';
import { provideRedis } from './machine/redis.js';
import { plotLatency, plotOutcomes } from './open-loop/plots.js';
import { countKinds, summarise } from './open-loop/summary.js';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** At least so long before the first and after the last restart, and between two. */
const settings = readSettings(
  'rolling',
  10,
  z.object({
    /** Folder of another version, built, from which the applications start at first. */
    from: z
      .string()
      .transform((folder) => resolve(folder))
      .optional(),
  }),
);
const share = 1 / 2;
/** Between a gateway's leaving the rotation and its SIGTERM, as the preStop of deploy/k8s/base/gateway.yaml has it; 0: none. */
const drainSeconds = 5;

provideRedis();
const machine = describeMachine();
const deployment = await Deployment.start({
  copies: { gateway: 2, retriever: 2, generator: 2, executor: 2 },
  model: settings.model,
  environment: { GENERATOR_CONCURRENCY: String((settings.cards * settings.batch) / 2) },
  ...(settings.from === undefined ? {} : { version: settings.from }),
});
const askers = new Askers(deployment.gateways.map(({ url }) => url));
const capacity = await measureCapacity(askers, settings);

interface Restart {
  part: string;
  /** How its end came about: with notice to the load balancer before, or by SIGTERM alone. */
  announced: boolean;
  version: string;
  at: number;
  drainedMs: number;
  exitCode: number | null;
}

const started = performance.now();
const restarts: Restart[] = [];

async function restart(app: App, announced: boolean, version = thisVersion): Promise<void> {
  if (announced) {
    askers.gateways.drain(app.url);
    await sleep(drainSeconds * 1_000);
  }
  const told = performance.now();
  const exitCode = await app.stop();
  const drainedMs = performance.now() - told;
  await app.start(version);
  askers.gateways.restore(app.url);
  restarts.push({ part: app.part, announced, version, at: (told - started) / 1_000, drainedMs, exitCode });
  say(
    `${app.part}${announced ? ', announced' : ''}: drained in ${(drainedMs / 1_000).toFixed(1)} s, exit ${exitCode}.`,
  );
  await sleep(settings.seconds * 1_000);
}

/** One of each. */
const firsts = deployment.apps.filter(({ part }) => part.endsWith(' 1'));

const monitor = new Monitor(deployment, 1_000);
await monitor.start();
const over = new AbortController();
const perSecond = capacity * share;
say(`${perSecond.toFixed(2)} questions a second while every application is restarted …`);
const arriving = askers.arrive([{ perSecond, seconds: 86_400 }], over.signal);
await sleep(settings.seconds * 1_000);
const isGateway = (app: App) => app.name === 'gateway';
if (settings.from === undefined) {
  for (const app of deployment.apps) await restart(app, isGateway(app));
  // The same without notice: the load balancer learns it from refused connections and from /readyz.
  for (const app of deployment.gateways) await restart(app, false);
} else {
  await deployment.migrate(thisVersion);
  say('The database is migrated.');
  // The former version restarts beside the migrated database, gives way to this one, and comes back.
  for (const app of firsts) await restart(app, isGateway(app), settings.from);
  for (const version of [thisVersion, settings.from])
    for (const app of deployment.apps) await restart(app, isGateway(app), version);
}
const seconds = (performance.now() - started) / 1_000;
over.abort();
const arrivals = await arriving;
const queries = await monitor.queries();
await monitor.stop();
askers.close();
await deployment.close();

const { succeeded, ...others } = countKinds(arrivals);
const failed = Object.entries(others).filter(([, count]) => count > 0);
const killed = restarts.filter(({ exitCode }) => exitCode !== 0);
const summary = summarise(arrivals, seconds);
const { succeeded: answered = 0, ...unanswered } = queries;
const verdicts: Verdict[] = [
  {
    target: 'no query fails',
    measured: `${succeeded} of ${arrivals.length} answered${failed.map(([kind, count]) => `, ${count} ${kind}`).join('')}; ${summary.repeats} requests repeated; in PostgreSQL ${answered} succeeded, others ${JSON.stringify(unanswered)}`,
    isMet: failed.length === 0 && Object.keys(unanswered).length === 0,
  },
  {
    target: 'every application drains and exits with 0',
    measured: `${restarts.length} restarts, slowest ${(Math.max(...restarts.map(({ drainedMs }) => drainedMs)) / 1_000).toFixed(1)} s; ${killed.map(({ part, exitCode }) => `${part} ${exitCode}`).join(', ') || 'all with 0'}`,
    isMet: killed.length === 0,
  },
];
finish(
  settings.out,
  verdicts,
  { machine, settings, capacity, perSecond, restarts, summary, queries },
  {
    'rolling-latency.svg': plotLatency(arrivals, seconds),
    'rolling-outcomes.svg': plotOutcomes(arrivals, seconds),
  },
);
