import { Injectable } from '@nestjs/common';
import { surveyEndpoint } from '#shared/models/survey';
import { Heartbeat } from '#shared/telemetry/heartbeat';
import { CatalogueModel } from './catalogue.model.js';

/** Tells of the model servers with each heartbeat: nothing else of the service reaches them. */
@Injectable()
export class ModelReport {
  constructor(heartbeat: Heartbeat, model: CatalogueModel) {
    heartbeat.tell(async () => {
      const { catalogue, breakers } = model.inUse;
      const servers = await Promise.all(
        catalogue.endpoints.map((endpoint) => surveyEndpoint(catalogue, endpoint)),
      );
      const modelServers = servers.map(({ models, ...server }) => ({
        ...server,
        breaker: breakers.get(server.endpoint),
        // A server may say as much as it likes.
        models: models.filter(({ inCatalogue, name }) => inCatalogue || name.length < 256).slice(0, 100),
      }));
      return { modelServers };
    });
  }
}
