import { expect, it, jest } from '@jest/globals';
import type { QueryWork } from '#shared/persistence/query.work';
import type { StageTools } from '#shared/queue/stage.processor';
import type { RetrieverConfig } from './config.js';
import { RetrieveProcessor } from './retrieve.processor.js';
import type { RetrieveService } from './retrieve.service.js';

it('tells the log when the start of a long retrieval cannot be written, and goes on', async () => {
  const told = Promise.withResolvers<unknown>();
  const tools = { store: { startRetrieval: () => Promise.reject(new Error('the disk is full')) } };
  const service = { retrieve: () => told.promise };
  const processor = new RetrieveProcessor(
    service as unknown as RetrieveService,
    tools as unknown as StageTools,
    { RETRIEVER_CONCURRENCY: 1 } as RetrieverConfig,
  );
  jest.spyOn(processor['logger'], 'warn').mockImplementation((message) => told.resolve(message));
  await processor['run']({ id: 'a' } as QueryWork);
  expect(await told.promise).toContain('the disk is full');
});
