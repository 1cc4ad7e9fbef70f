import type { FastifyRequest } from 'fastify';
import { callerSchema } from '#shared/contracts/caller';
import { permanent } from '#shared/errors/app-error';
import type { KeyDigest } from '../http/api-keys.js';

/**
 * Who acts: the user name of HTTP Basic, whose password is the operators' key. The name is what the operator says.
 * @throws `unauthorized`
 */
export function operatorOf(request: FastifyRequest, key: KeyDigest): string {
  const encoded = /^Basic ([\w+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const [, name, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  const actor = callerSchema.safeParse(name);
  if (actor.success && password !== undefined && key.isOf(password)) return actor.data;
  throw permanent('unauthorized', 'Give your name as the user and NANO_OPERATOR_KEY as the password.');
}

/** Browsers send the password along with what other sites make them ask; they name those sites, too. */
export function isSameOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin = '', host } = headers;
  return URL.canParse(origin) && new URL(origin).host === host;
}
