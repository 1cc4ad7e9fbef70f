import { Injectable } from '@nestjs/common';
import { Certificates } from '#shared/telemetry/certificates';
import { httpsExpiry } from '#shared/telemetry/tls-expiry';
import { CatalogueModel } from './catalogue.model.js';

/** Watches the certificates of the model servers, as the catalogue has them at the time. */
@Injectable()
export class EndpointCertificates {
  constructor(certificates: Certificates, model: CatalogueModel) {
    certificates.watchEach(() =>
      model.servers().map(({ name, url }) => [`model:${name}`, () => httpsExpiry(url)]),
    );
  }
}
