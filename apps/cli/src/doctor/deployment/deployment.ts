import packageJson from '#package.json' with { type: 'json' };
import { type Diagnostics, diagnosticsSchema } from '#shared/contracts/diagnostics';
import type { CliConfig } from '../../config.js';
import { type Check, fail, ok } from '../check.js';
import { type Answer, askGateway } from './ask-gateway.js';
import { judgeApps } from './judge-apps.js';
import { judgeDatasources } from './judge-datasources.js';
import { judgeClock, judgeKeys, judgeVersion } from './judge-gateway.js';
import { judgeQueue } from './judge-queue.js';
import { judgeDatabase, judgeOpenQueries } from './judge-state.js';
import { refused } from './refused.js';
import { unreachable } from './unreachable.js';

/** What a deployment says of itself, by the report of its gateway. @param url with that of a gateway */
export async function checkDeployment(url: string, { apiKey }: Pick<CliConfig, 'apiKey'>): Promise<Check[]> {
  const answer = await askGateway(url, '/v1/diagnostics', apiKey).catch((error: unknown) =>
    unreachable(url, error),
  );
  if ('name' in answer) return [answer];
  const refusal = refused(url, answer, apiKey !== undefined);
  if (refusal) return refusal.name === 'gateway' ? [refusal] : [reached(url, answer), refusal];
  const report = diagnosticsSchema.safeParse(answer.body);
  if (report.success) return [reached(url, answer), ...judgeReport(report.data, answer)];
  return [notItsForm(url, answer)];
}

export function judgeReport(report: Diagnostics, { at, tookMs }: Pick<Answer, 'at' | 'tookMs'>): Check[] {
  return [
    judgeVersion(report.version, packageJson.version),
    judgeKeys(report.keys, at),
    judgeClock(report.at, at, tookMs),
    judgeDatabase(report.database),
    ...judgeQueue(report, at),
    ...judgeOpenQueries(report.openQueries),
    ...judgeApps(report),
    ...judgeDatasources(report.datasources),
  ];
}

function reached(url: string, { tookMs }: Answer): Check {
  return ok('gateway', `${url}, answers in ${tookMs} ms`);
}

function notItsForm(url: string, { body }: Answer): Check {
  const version = (body as { version?: unknown } | undefined)?.version;
  if (typeof version !== 'string')
    return fail(
      'gateway',
      `${url} answers, and not as a gateway does`,
      'Check the address (--url, NANO_URL): something else answers there.',
    );
  return fail(
    'gateway',
    `${url} is ${version} and reports in another form than ./nano ${packageJson.version} reads`,
    'Use the ./nano of the version that is deployed.',
  );
}
