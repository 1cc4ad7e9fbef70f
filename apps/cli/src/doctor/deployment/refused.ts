import { z } from 'zod';
import { mendOf } from '../../client/problem.js';
import { type Check, fail } from '../check.js';
import type { Answer } from './ask-gateway.js';

const problemSchema = z.object({ code: z.string(), detail: z.string().catch('') });

/** The line for an answer that is not the report of a gateway; undefined for one that is. */
export function refused(url: string, { status, body }: Answer, hasKey: boolean): Check | undefined {
  if (status === 200) return undefined;
  const problem = problemSchema.safeParse(body).data;
  if (status === 401 && problem) return keyRefused(problem.detail, hasKey);
  if (status === 404 && problem)
    return fail(
      'gateway',
      `${url} is of a version without diagnostics`,
      'Upgrade it to the version of ./nano.',
    );
  if (problem)
    return fail(
      'gateway',
      `${url} answers ${status}: ${problem.code}, ${problem.detail}`,
      mendOf(problem.code) ?? 'See the log of the gateway.',
    );
  return fail('gateway', `${url} answers ${status}, and not as a gateway does`, mendOfForeign(status));
}

function keyRefused(detail: string, hasKey: boolean): Check {
  if (hasKey)
    return fail(
      'api key',
      `the gateway refuses it: ${detail}`,
      'Set NANO_API_KEY to a key of NANO_API_KEYS. A gateway reads its list when it starts.',
    );
  return fail(
    'api key',
    'none is sent, and the gateway wants one',
    'Set NANO_API_KEY to a key of NANO_API_KEYS.',
  );
}

/** Something else stands there, or before the gateway. */
function mendOfForeign(status: number): string {
  if (status >= 300 && status < 400)
    return 'A proxy sends people elsewhere, to log in perhaps: use an address that leads to the gateway itself.';
  if (status === 401 || status === 403)
    return 'A proxy before the gateway refuses this machine or wants a login of its own: let /v1 through with the API key alone.';
  if (status >= 500)
    return 'The proxy reaches no gateway that is ready: `kubectl -n nano-analyst get endpoints gateway`, and the log of the gateway.';
  return 'Check the address (--url, NANO_URL): it ends before /v1.';
}
