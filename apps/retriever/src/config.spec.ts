import { describe, expect, it } from '@jest/globals';
import { parseEnvironment } from '#shared/config/environment';
import { retrieverSchema } from './config.js';

const needed = {
  DATABASE_URL: 'postgres://db',
  NANO_MASTER_KEY: Buffer.alloc(32).toString('base64'),
};

describe('the configuration of the retriever', () => {
  it('asks for the model of an embeddings endpoint', () => {
    const environment = { ...needed, EMBEDDINGS_BASE_URL: 'http://tei/v1' };
    expect(() => parseEnvironment(retrieverSchema, environment)).toThrow('EMBEDDINGS_MODEL: must be set');
    expect(parseEnvironment(retrieverSchema, { ...environment, EMBEDDINGS_MODEL: 'mini' })).toMatchObject({
      EMBEDDINGS_MODEL: 'mini',
    });
  });
});
