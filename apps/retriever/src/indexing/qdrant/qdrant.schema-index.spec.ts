import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { schemaIndexSuite } from '../test-support/schema-index.suite.js';
import { QdrantServer } from '../test-support/qdrant/qdrant-server.js';
import { QdrantSchemaIndex } from './qdrant.schema-index.js';

// Qdrant's description is compiled when its operations are first met.
jest.setTimeout(30_000);

let qdrant: QdrantServer;
beforeAll(async () => {
  qdrant = await QdrantServer.start();
});
afterAll(async () => {
  await qdrant.stop();
});

describe('the schema index in Qdrant', () => {
  const options = { apiKey: undefined, prefix: 'nano', shards: undefined, replicas: undefined } as const;
  schemaIndexSuite(() =>
    Promise.resolve(new QdrantSchemaIndex({ ...options, url: qdrant.url, quantization: 'none' })),
  );

  it('asked nothing else of it', () => {
    expect([...new Set(qdrant.operations)].sort()).toEqual([
      'GET /collections',
      'GET /collections/{name}',
      'POST /collections/{name}/points',
      'POST /collections/{name}/points/batch',
      'POST /collections/{name}/points/count',
      'POST /collections/{name}/points/payload',
      'POST /collections/{name}/points/query',
      'POST /collections/{name}/points/scroll',
      'PUT /collections/{name}',
      'PUT /collections/{name}/index',
      'PUT /collections/{name}/points',
    ]);
  });
});
