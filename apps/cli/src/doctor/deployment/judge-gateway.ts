import type { Diagnostics } from '#shared/contracts/diagnostics';
import { type Check, ok, warn } from '../check.js';
import { inDays } from './durations.js';

/** Clocks that keep to a time server differ by less; a deadline is a matter of seconds. */
const mostSkewMs = 2_000;
const soonMs = 14 * 24 * 3_600_000;

export function judgeVersion(version: string, own: string): Check {
  if (version === own) return ok('version', `${version}, as ./nano`);
  return warn(
    'version',
    `the gateway is ${version}, ./nano is ${own}`,
    'Use the ./nano of the version that is deployed: what this one says of another may be wrong.',
  );
}

/** Of the keys that the gateway takes, by their place in NANO_API_KEYS; this one works, or there were no report. */
export function judgeKeys(keys: Diagnostics['keys'], now: number): Check {
  if (keys === null) return ok('api key', 'none is needed: the gateway answers this machine alone');
  const due = keys.flatMap(({ expiresAt }, index) => {
    if (expiresAt === null) return [];
    const left = Date.parse(expiresAt) - now;
    if (left > soonMs) return [];
    return [`key ${index + 1} ${left <= 0 ? 'has expired' : `expires in ${inDays(left)}`}`];
  });
  if (due.length === 0) return ok('api key', `taken; none of ${keys.length} expires within 14 days`);
  return warn(
    'api key',
    due.join(', '),
    'Add a new key to NANO_API_KEYS, move the clients, remove the old one; see docs/runbooks.md#nanokeyexpires.',
  );
}

export function judgeClock(at: string, here: number, tookMs: number): Check {
  const aheadMs = Date.parse(at) - here;
  const detail = `the gateway is ${Math.abs(Math.round(aheadMs))} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine`;
  if (Math.abs(aheadMs) <= mostSkewMs + tookMs / 2) return ok('clock', detail);
  return warn('clock', detail, 'Synchronise both with a time server (chrony, systemd-timesyncd).');
}

export function isSkewed(aheadMs: number): boolean {
  return Math.abs(aheadMs) > mostSkewMs;
}
