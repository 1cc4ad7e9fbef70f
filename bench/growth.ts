/**
 * `npm run bench:growth`: answers a second with 1, 2 and 4 of each worker and a model that takes 500 ms. See
 * docs/performance.md.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Askers } from './deployment/askers.js';
import { Deployment } from './deployment/deployment.js';
import { warmUp } from './deployment/measured-capacity.js';
import { describeMachine, finish, say, type Verdict } from './deployment/results.js';
import { usageOf } from './machine/process-usage.js';
import { provideRedis } from './machine/redis.js';
import { latenciesOf } from './open-loop/summary.js';
import { drawChart } from './plot/chart.js';

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    workers: { type: 'string', default: '1,2,4' },
    /** Queries that a generator works on at a time: what bounds it, since the model takes so long. */
    concurrency: { type: 'string', default: '4' },
    'reply-ms': { type: 'string', default: '500' },
    out: { type: 'string', default: '.nano/bench/growth' },
  },
});
const [seconds, concurrency, replyMs] = [values.seconds, values.concurrency, values['reply-ms']].map(
  Number,
) as [number, number, number];
/** Offered beyond what the generators can take, so that none of them rests; what is left at the end is not measured. */
const surplus = 1.25;
/** Before answers are counted: the first ones come no sooner than the model replies. */
const settlingSeconds = 5;

interface Step {
  workers: number;
  /** What the generators could take if all else cost nothing. */
  mostPerSecond: number;
  perSecond: number;
  p50Ms: number;
  /** Processors in use, by the deployment, and by the model server and this process. */
  processors: number;
  measuringProcessors: number;
  /** Share of all processors that were in use, by whomever. */
  machineShare: number;
}

async function measure(workers: number): Promise<Step> {
  const deployment = await Deployment.start({
    copies: { gateway: 1, retriever: workers, generator: workers, executor: workers },
    model: { replyMs },
    // PostgreSQL takes 100 connections, each application this many and two more.
    environment: {
      GENERATOR_CONCURRENCY: String(concurrency),
      DATABASE_POOL_SIZE: '4',
      MAX_OPEN_QUERIES: '100000',
    },
  });
  const askers = new Askers(deployment.gateways.map(({ url }) => url));
  await warmUp(askers, workers * concurrency);
  const mostPerSecond = (workers * concurrency * 1_000) / replyMs;
  const [serviceBefore, measuringBefore] = cpuSeconds(deployment);
  const machineBefore = machineTimes();
  const started = performance.now();
  const arriving = askers.arrive([{ perSecond: surplus * mostPerSecond, seconds }]);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const [serviceAfter, measuringAfter] = cpuSeconds(deployment);
  const machineAfter = machineTimes();
  const elapsed = (performance.now() - started) / 1_000;
  const arrivals = await arriving;
  askers.close();
  await deployment.close();
  const wrong = arrivals.find(({ kind }) => kind !== 'succeeded');
  if (wrong) throw new Error(`A question ended wrongly: ${wrong.kind} ${wrong.code}`);
  const inTime = arrivals.filter(
    ({ endedAt }) => endedAt !== null && endedAt >= settlingSeconds * 1_000 && endedAt < seconds * 1_000,
  );
  return {
    workers,
    mostPerSecond,
    perSecond: inTime.length / (seconds - settlingSeconds),
    p50Ms: latenciesOf(inTime)?.p50 ?? NaN,
    processors: (serviceAfter - serviceBefore) / elapsed,
    measuringProcessors: (measuringAfter - measuringBefore) / elapsed,
    machineShare: (machineAfter.busy - machineBefore.busy) / (machineAfter.total - machineBefore.total),
  };
}

function cpuSeconds({ pids }: Deployment): [service: number, measuring: number] {
  const { 'model server': model = 0, ...service } = pids;
  const sum = (of: readonly number[]) => of.reduce((total, pid) => total + usageOf(pid).cpuSeconds, 0);
  return [sum(Object.values(service)), sum([model, process.pid])];
}

function machineTimes(): { busy: number; total: number } {
  const times = cpus().map((cpu) => cpu.times);
  const total = times.flatMap((of) => Object.values(of)).reduce((sum, ms) => sum + ms, 0);
  return { total, busy: total - times.reduce((sum, { idle }) => sum + idle, 0) };
}

provideRedis();
const machine = describeMachine();
const steps: Step[] = [];
for (const workers of values.workers.split(',').map(Number)) {
  say(`${workers} of each worker, ${concurrency} queries at a time in each generator …`);
  const step = await measure(workers);
  steps.push(step);
  say(
    `${workers}: ${step.perSecond.toFixed(1)} answers a second of ${step.mostPerSecond.toFixed(1)}, ${step.processors.toFixed(2)} processors, measuring ${step.measuringProcessors.toFixed(2)}`,
  );
}

/** Near linear: what the first step gave for each worker, less a tenth, or the processors are full. */
const nearShare = 0.9;
const fullShare = 0.9;
const aWorker = (steps[0]?.perSecond ?? NaN) / (steps[0]?.workers ?? NaN);
const verdicts = steps.map(({ workers, perSecond, machineShare, ...step }): Verdict => {
  const linear = workers * aWorker;
  return {
    target: `${workers} of each worker: ${nearShare * 100} % of ${linear.toFixed(1)} answers a second, or full processors`,
    measured: `${perSecond.toFixed(1)}, ${((perSecond / linear) * 100).toFixed(0)} %; ${(machineShare * 100).toFixed(0)} % of the processors in use, ${step.processors.toFixed(2)} by the service, ${step.measuringProcessors.toFixed(2)} by what measures`,
    isMet: perSecond >= nearShare * linear || machineShare >= fullShare,
  };
});
const line = (name: string, of: (step: Step) => number) => ({
  name,
  points: steps.map((step) => [step.workers, of(step)] as const),
});
const plot = drawChart({
  x: { label: 'of each worker' },
  y: { label: 'answers a second' },
  series: [
    line('measured', ({ perSecond }) => perSecond),
    line('linear', ({ workers }) => workers * aWorker),
  ],
});
finish(values.out, verdicts, { machine, settings: values, steps }, { 'growth.svg': plot });
