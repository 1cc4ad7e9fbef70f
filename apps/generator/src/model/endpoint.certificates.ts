import { Inject, Injectable } from '@nestjs/common';
import type { ModelCatalogue } from '#shared/models/catalogue';
import { Certificates } from '#shared/telemetry/certificates';
import { httpsExpiry } from '#shared/telemetry/tls-expiry';
import { MODEL_CATALOGUE } from './tokens.js';

/** Watches the certificates of the model servers. */
@Injectable()
export class EndpointCertificates {
  constructor(certificates: Certificates, @Inject(MODEL_CATALOGUE) { endpoints }: ModelCatalogue) {
    for (const { name, url } of endpoints) certificates.watch(`model:${name}`, () => httpsExpiry(url));
  }
}
