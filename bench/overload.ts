/**
 * `npm run bench:overload`: three times what the service can answer, for two minutes, and what comes before and after.
 * See docs/performance.md.
 */
import { Askers } from './deployment/askers.js';
import { Deployment } from './deployment/deployment.js';
import { measureCapacity, warmUp } from './deployment/measured-capacity.js';
import { Monitor } from './deployment/monitor.js';
import { describeMachine, finish, say } from './deployment/results.js';
import { readSettings } from './deployment/settings.js';
import { judgeOverload, overloadPlots } from './deployment/overload-verdicts.js';
import { provideRedis } from './machine/redis.js';
import { countKinds, latenciesOf } from './open-loop/summary.js';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const settings = readSettings('overload', 120);
const times = 3;
/** The bound of open queries in seconds of work at capacity: about what one waits that is accepted at the bound. */
const boundSeconds = 5;
const [beforeSeconds, afterSeconds] = [30, 60];
/** More than any deployment here answers: the capacity is measured without a bound. */
const unbounded = 100_000;

provideRedis();
const machine = describeMachine();
const copies = { gateway: 1, retriever: 1, generator: 1, executor: 1 };
const generators = { GENERATOR_CONCURRENCY: String(settings.cards * settings.batch) };

async function start(maxOpen: number): Promise<{ deployment: Deployment; askers: Askers }> {
  const environment = { ...generators, MAX_OPEN_QUERIES: String(maxOpen) };
  const deployment = await Deployment.start({ copies, model: settings.model, environment });
  return { deployment, askers: new Askers(deployment.gateways.map(({ url }) => url)) };
}

const free = await start(unbounded);
const capacity = await measureCapacity(free.askers, settings);
free.askers.close();
await free.deployment.close();

const maxOpen = Math.ceil(boundSeconds * capacity);
const { deployment, askers } = await start(maxOpen);
await warmUp(askers, Math.max(1, Math.floor(maxOpen / 2)));
const monitor = new Monitor(deployment, 500);
await monitor.start();
const phases = [
  { perSecond: capacity / 2, seconds: beforeSeconds },
  { perSecond: capacity * times, seconds: settings.seconds },
  { perSecond: capacity / 2, seconds: afterSeconds },
];
say(
  `${(capacity * times).toFixed(1)} questions a second for ${settings.seconds} s; at most ${maxOpen} open …`,
);
const arrivals = await askers.arrive(phases);
const queries = await monitor.queries();
await monitor.stop();
askers.close();
await deployment.close();

const bounds = { maxOpen, capacity, from: beforeSeconds, to: beforeSeconds + settings.seconds };
const measured = { arrivals, samples: monitor.samples, queries };
const seconds = bounds.to + afterSeconds;
const figures = {
  machine,
  settings,
  capacity,
  maxOpen,
  outcomes: countKinds(arrivals),
  latency: latenciesOf(arrivals.filter(({ kind }) => kind === 'succeeded')),
  refusalLatency: latenciesOf(arrivals.filter(({ kind }) => kind === 'refused')),
};
finish(settings.out, judgeOverload(measured, bounds), figures, overloadPlots(measured, bounds, seconds));
