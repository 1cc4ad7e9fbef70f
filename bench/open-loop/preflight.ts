import { permanent } from '#shared/errors/app-error';
import { GatewayClient } from '../../apps/cli/src/client/gateway-client.js';
import type { AskedQuestion } from './questions.js';

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/u;

/** Load goes to other machines only where somebody said so. @throws AppError `invalid_request` */
export function checkTarget(url: string, mayBeRemote: boolean): void {
  const target = URL.canParse(url) ? new URL(url) : null;
  if (target === null || !/^https?:$/u.test(target.protocol))
    throw permanent('invalid_request', `${url} is not an http:// or https:// URL.`);
  if (!mayBeRemote && !loopback.test(target.hostname))
    throw permanent(
      'invalid_request',
      `${target.hostname} is not this machine. Load can stop a service: --allow-remote says that it is meant.`,
    );
}

/** Every datasource that is asked about is there and ready. @throws what the gateway answers, AppError */
export async function checkDatasources(
  url: string,
  apiKey: string | undefined,
  questions: readonly AskedQuestion[],
): Promise<void> {
  const client = new GatewayClient(url, apiKey);
  const names = new Set(questions.flatMap(({ datasource }) => datasource ?? []));
  for (const name of names) {
    const { status } = await client.datasource(name);
    if (status !== 'ready')
      throw permanent('invalid_request', `The datasource ${name} is ${status}, not ready.`);
  }
}
