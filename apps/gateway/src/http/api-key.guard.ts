import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { permanent } from '#shared/errors/app-error';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';

/** What answers without a key: probes, and the description of the API. */
const open = /^\/($|healthz$|readyz$|openapi\.json$|docs(\/|$))/;

/**
 * What this machine calls itself. Without keys, requests to other names are refused: a web page could give its own
 * name the address of loopback, and would then read the answers as those of its own site (DNS rebinding).
 */
const ownName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d*)?$/i;

@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly digests: Buffer[] | undefined;

  constructor(@Inject(GATEWAY_CONFIG) config: GatewayConfig) {
    this.digests = config.NANO_API_KEYS?.map(digest);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (open.test(request.routeOptions.url ?? '')) return true;
    if (!this.digests) {
      if (ownName.test(request.headers.host ?? 'localhost')) return true;
      throw permanent(
        'unauthorized',
        'Without NANO_API_KEYS the gateway answers as localhost, 127.0.0.1 and [::1] only.',
      );
    }
    const key = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    // Digests have one length, so the comparison takes one time.
    const given = key === undefined ? undefined : digest(key);
    if (given && this.digests.some((known) => timingSafeEqual(known, given))) return true;
    throw permanent('unauthorized', 'Send `Authorization: Bearer <key>` with a valid API key.');
  }
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
