/**
 * `npm run bench:soak`: half of the measured capacity for half an hour, and whether anything grows or is lost. See
 * docs/performance.md.
 */
import { Askers } from './deployment/askers.js';
import { Deployment } from './deployment/deployment.js';
import { measureCapacity } from './deployment/measured-capacity.js';
import { Monitor } from './deployment/monitor.js';
import { describeMachine, finish, say } from './deployment/results.js';
import { readSettings } from './deployment/settings.js';
import { judgeSoak, soakPlots } from './deployment/soak-verdicts.js';
import { provideRedis } from './machine/redis.js';
import { countKinds, latenciesOf } from './open-loop/summary.js';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const settings = readSettings('soak', 1_800);
const share = 1 / 2;
const sampleEveryMs = 5_000;

provideRedis();
const machine = describeMachine();
const deployment = await Deployment.start({
  copies: { gateway: 1, retriever: 1, generator: 1, executor: 1 },
  model: settings.model,
  environment: { GENERATOR_CONCURRENCY: String(settings.cards * settings.batch) },
});
const askers = new Askers(deployment.gateways.map(({ url }) => url));
const capacity = await measureCapacity(askers, settings);
const monitor = new Monitor(deployment, Math.min(sampleEveryMs, settings.seconds * 10));
await monitor.start();
const perSecond = capacity * share;
say(`${perSecond.toFixed(2)} questions a second for ${settings.seconds} s …`);
const arrivals = await askers.arrive([{ perSecond, seconds: settings.seconds }]);
const queries = await monitor.queries();
await monitor.stop();
askers.close();
await deployment.close();

const { samples } = monitor;
const figures = {
  machine,
  settings,
  capacity,
  perSecond,
  outcomes: countKinds(arrivals),
  latency: latenciesOf(arrivals.filter(({ kind }) => kind === 'succeeded')),
  queries,
  samples,
};
const verdicts = judgeSoak(arrivals, samples, queries);
finish(settings.out, verdicts, figures, soakPlots(arrivals, samples, settings.seconds));
