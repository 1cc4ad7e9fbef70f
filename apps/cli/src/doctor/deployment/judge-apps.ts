import type { AppProcess, DatasourceFacts, Diagnostics, ModelServer } from '#shared/contracts/diagnostics';
import { type Check, fail, ok, warn } from '../check.js';
import { judge as judgeModelServer } from '../model.js';
import { describeParts } from '../service.js';
import { inWords } from './durations.js';
import { isSkewed } from './judge-gateway.js';

const expected = ['gateway', 'retriever', 'generator', 'executor'] as const;
/** Three heartbeats. */
const silentMs = 30_000;
/** A process that ended without a word is of no interest for longer while others live. */
const forgottenMs = 600_000;

/** For longer than what a retriever last said is old. */
function isLongIndexed({ hasSnapshot, status, changedMs }: DatasourceFacts): boolean {
  return hasSnapshot && status === 'ready' && changedMs > silentMs;
}

/** Which processes of each application live, and what they say of their parts. */
export function judgeApps({ apps, version, datasources }: Diagnostics): Check[] {
  // Where the database is away its own line says so.
  if ('error' in apps) return [];
  const hasSnapshots = !('error' in datasources) && datasources.some(isLongIndexed);
  return expected.flatMap((app) => {
    const all = apps.filter((each) => each.app === app);
    const live = all.filter((each) => each.silentMs <= silentMs);
    return [
      judgeProcesses(app, all, live, version),
      ...live.flatMap((each) => judgeProcess(each, live.length > 1, hasSnapshots)),
      ...judgeModelServers(live),
    ];
  });
}

function judgeProcesses(app: string, all: AppProcess[], live: AppProcess[], version: string): Check {
  const name = `${app}s`;
  const silent = all.filter((each) => !live.includes(each));
  if (live.length === 0)
    return fail(
      name,
      `none lives${silent.length > 0 ? `: ${lastHeard(silent)}` : ''}`,
      `Start one, and see the end of its log: \`kubectl -n nano-analyst logs deployment/${app}\`, \`docker compose logs ${app}\`; docs/runbooks.md#nanoapplicationaway.`,
    );
  const hosts = live.map((each) => each.host).join(', ');
  const lost = silent.filter((each) => each.silentMs < forgottenMs);
  if (lost.length > 0)
    return warn(
      name,
      `${live.length} live (${hosts}); ${lastHeard(lost)}`,
      'It ended without a word, or does not reach the database: see its log, and whether the kernel ended it for its memory.',
    );
  const others = live.filter((each) => each.version !== version);
  if (others.length > 0)
    return warn(
      name,
      `${others.map((each) => `${each.host} is ${each.version}`).join(', ')}, the gateway ${version}`,
      'Finish the rollout; that both run for a while is no harm.',
    );
  return ok(name, `${live.length} live: ${hosts}`);
}

function lastHeard(silent: AppProcess[]): string {
  return silent.map((each) => `${each.host} was last heard of ${inWords(each.silentMs)} ago`).join(', ');
}

function judgeProcess(
  { app, host, facts, clockAheadMs }: AppProcess,
  isOneOfMany: boolean,
  hasSnapshots: boolean,
) {
  const checks: Check[] = describeParts(app, { status: 'ok', details: facts.parts });
  const { index } = facts.parts;
  const units = index?.['points'] ?? index?.['parts'];
  if (index?.status === 'up' && units === 0 && hasSnapshots)
    checks.push(
      warn(
        `${app}: index`,
        'empty, though there are schema snapshots',
        'It builds itself with the next question on each datasource, or with `./nano datasource refresh NAME`.',
      ),
    );
  if (isSkewed(clockAheadMs))
    checks.push(
      warn(
        `${app}: clock`,
        `${Math.abs(clockAheadMs)} ms ${clockAheadMs < 0 ? 'behind' : 'ahead of'} PostgreSQL's`,
        'Synchronise its node and that of PostgreSQL with a time server.',
      ),
    );
  return isOneOfMany ? checks.map((check) => ({ ...check, detail: `${host}: ${check.detail}` })) : checks;
}

/** What several generators see alike is said once. */
function judgeModelServers(generators: AppProcess[]): Check[] {
  const lines = new Map<string, Check>();
  for (const { host, facts } of generators)
    for (const server of facts.modelServers ?? []) {
      const check = judgeServer(server);
      const line = JSON.stringify(check);
      const seen = [...lines.values()].some(({ name }) => name === check.name);
      if (!lines.has(line)) lines.set(line, seen ? { ...check, detail: `${host}: ${check.detail}` } : check);
    }
  return [...lines.values()];
}

function judgeServer(server: ModelServer): Check {
  const check = judgeModelServer(server);
  if (check.status === 'fail' || (server.breaker ?? 'closed') === 'closed') return check;
  return warn(
    check.name,
    `${server.url} answers, and is set aside for its failures (breaker ${server.breaker})`,
    'See its log and that of the generator; docs/runbooks.md#nanobreakeropen.',
  );
}
