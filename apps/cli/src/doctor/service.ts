import { GatewayClient, type Readiness } from '../client/gateway-client.js';
import type { CliConfig } from '../config.js';
import { homeOf } from '../embedded/home.js';
import { readRun } from '../embedded/run-file.js';
import { openSession } from '../embedded/session.js';
import { attempt, fail, ok, warn, type Check } from './check.js';

const mend = 'See the logs in NANO_HOME/logs, or those of the app.';

/** What each part of an app leans on. */
const partMends: Record<string, string> = {
  database: 'Check that PostgreSQL runs, DATABASE_URL and its password, and that this app reaches it.',
  queue: 'Check that the queue runs, QUEUE_URL and its password, and that this app reaches it.',
  index:
    'Check that Qdrant runs, QDRANT_URL and QDRANT_API_KEY, and that the retriever reaches it. Questions wait meanwhile.',
};

const isolationMend = 'Run on Linux 5.19 or later with a C compiler installed, so that Landlock can be used.';

/** The gateway that commands would use, or one started for the check; in the embedded mode its workers too. */
export async function checkService(config: CliConfig): Promise<Check[]> {
  const checks: Check[] = [];
  const reached = await attempt('gateway', mend, async () => {
    const session = await openSession(config, undefined, () => undefined);
    try {
      checks.push(...describeParts('gateway', await session.client.readiness()));
      const run = config.gatewayUrl === undefined ? readRun(homeOf(config.home).runFile) : null;
      for (const [name, url] of Object.entries(run?.workers ?? {}))
        checks.push(...(await checkWorker(name, url)));
      return ok('gateway', `${session.client.url}, ${session.host ? 'started for this check' : 'running'}`);
    } finally {
      await session.close();
    }
  });
  return [reached, ...checks];
}

async function checkWorker(name: string, url: string): Promise<Check[]> {
  try {
    return describeParts(name, await new GatewayClient(url).readiness());
  } catch (error) {
    return [fail(name, error instanceof Error ? error.message : String(error), mend)];
  }
}

/** How long the answer took says nothing of the part, and what is empty nothing at all. */
function isWorthSaying([key, value]: [string, unknown]): boolean {
  return key !== 'responseTime' && value !== '';
}

/** One line for each part of an app. */
export function describeParts(app: string, { details = {} }: Readiness): Check[] {
  return Object.entries(details).map(([part, { status, ...rest }]) => {
    const said = Object.entries(rest)
      .filter(isWorthSaying)
      .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
    const detail = [status, ...said].join(', ');
    // The executor works at every level of isolation, and says what keeps it from a better one.
    if (status === 'up' && rest['missing']) return warn(`${app}: ${part}`, detail, isolationMend);
    return status === 'up'
      ? ok(`${app}: ${part}`, detail)
      : fail(`${app}: ${part}`, detail, partMends[part] ?? mend);
  });
}
