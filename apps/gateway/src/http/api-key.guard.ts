import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { permanent } from '#shared/errors/app-error';
import { Metrics } from '#shared/telemetry/metrics';
import { GATEWAY_CONFIG, type GatewayConfig } from '../config.js';
import { KeyDigest } from './api-keys.js';

/** What answers without an API key: probes, the description of the API, and the record of operators, who have keys of their own. */
const open = /^\/($|healthz$|readyz$|openapi\.json$|docs(\/|$)|v1\/operators\/actions$)/;

/**
 * What this machine calls itself. Without keys, requests to other names are refused: a web page could give its own
 * name the address of loopback, and would then read the answers as those of its own site (DNS rebinding).
 */
const ownName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d*)?$/i;

interface KnownKey {
  digest: KeyDigest;
  expiresAt: Date | null;
}

@Injectable()
export class ApiKeyGuard implements CanActivate {
  private readonly keys: KnownKey[] | undefined;
  private readonly metricsKey: KeyDigest | undefined;

  constructor(@Inject(GATEWAY_CONFIG) { NANO_API_KEYS, NANO_METRICS_KEY }: GatewayConfig, metrics: Metrics) {
    this.keys = NANO_API_KEYS?.map(({ key, expiresAt }) => ({ digest: new KeyDigest(key), expiresAt }));
    if (NANO_METRICS_KEY !== undefined) this.metricsKey = new KeyDigest(NANO_METRICS_KEY);
    for (const [place, { expiresAt }] of NANO_API_KEYS?.entries() ?? [])
      if (expiresAt) metrics.gateway.keyExpiry.set({ key: place + 1 }, expiresAt.getTime() / 1_000);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { url = '' } = request.routeOptions;
    if (open.test(url)) return true;
    if (!this.keys) {
      if (ownName.test(request.headers.host ?? 'localhost')) return true;
      throw permanent(
        'unauthorized',
        'Without NANO_API_KEYS the gateway answers as localhost, 127.0.0.1 and [::1] only.',
      );
    }
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given !== undefined && (this.isKnown(given) || (url === '/metrics' && this.metricsKey?.isOf(given))))
      return true;
    throw permanent('unauthorized', 'Send `Authorization: Bearer <key>` with a valid API key.');
  }

  private isKnown(given: string): boolean {
    const known = this.keys?.find(({ digest }) => digest.isOf(given));
    if (!known) return false;
    if (known.expiresAt === null || known.expiresAt.getTime() > Date.now()) return true;
    throw permanent(
      'unauthorized',
      `The API key was valid until ${known.expiresAt.toISOString().slice(0, 10)}.`,
    );
  }
}
