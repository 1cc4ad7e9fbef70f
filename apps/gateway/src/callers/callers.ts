import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { callerSchema } from '#shared/contracts/caller';
import { permanent } from '#shared/errors/app-error';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';

/** Who asks, by the header that the party in front of the gateway sets. */
@Injectable()
export class Callers {
  readonly header: string | undefined;

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.header = config.NANO_CALLER_HEADER;
  }

  /**
   * Null where no header is configured, or the request has none.
   * @throws AppError `invalid_request` for a name that cannot be one, or for two: one of them is not the proxy's
   */
  of(request: FastifyRequest): string | null {
    if (this.header === undefined) return null;
    const [caller, ...others] = request.raw.headersDistinct[this.header] ?? [];
    if (caller === undefined || caller === '') return null;
    const parsed = callerSchema.safeParse(caller);
    if (others.length === 0 && parsed.success) return parsed.data;
    throw permanent('invalid_request', `${this.header}: names one caller, in visible ASCII`);
  }
}
