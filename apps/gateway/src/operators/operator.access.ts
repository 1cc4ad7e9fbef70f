import { type CanActivate, type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { permanent } from '#shared/errors/app-error';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { Operators } from './operators.js';
import { RefusalLog } from './refusal.log.js';

/** Lets operators in, by keys of their own, to what only they may see; nothing is there where there are none. */
@Injectable()
export class OperatorAccess implements CanActivate {
  private readonly refusals: RefusalLog;
  private readonly operators: Operators | undefined;

  constructor(@Inject(GATEWAY_CONFIG) { NANO_OPERATOR_KEYS }: GatewayConfig) {
    const logger = new Logger(OperatorAccess.name);
    this.refusals = new RefusalLog((line) => logger.warn(line));
    if (NANO_OPERATOR_KEYS) this.operators = new Operators(NANO_OPERATOR_KEYS);
  }

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    this.nameOf(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
    return true;
  }

  /**
   * Who acts.
   * @throws `unauthorized`, upon which a browser asks for name and key; `not_found` where there are no operators
   */
  nameOf({ headers: { authorization }, ip }: FastifyRequest, reply: FastifyReply): string {
    if (!this.operators) throw permanent('not_found', 'There is nothing at this path.');
    const name = this.operators.nameOf(authorization);
    if (name !== undefined) return name;
    if (authorization !== undefined) this.refusals.note(ip);
    void reply.header('WWW-Authenticate', 'Basic realm="operators", charset="UTF-8"');
    throw permanent(
      'unauthorized',
      'Give the name and the key of an operator of NANO_OPERATOR_KEYS as user and password.',
    );
  }
}

/** Browsers send the password along with what other sites make them ask; they name those sites, too. */
export function isSameOrigin({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin = '', host } = headers;
  return URL.canParse(origin) && new URL(origin).host === host;
}
