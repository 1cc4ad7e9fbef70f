import { expect, it } from '@jest/globals';
import { gatewaySchema } from './config.js';

const environment = {
  DATABASE_URL: 'postgres://nano@127.0.0.1:5432/nano',
  NANO_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
  NANO_OPERATOR_KEY: 'the-key-of-all-operators',
};

it.each([
  ['info', true],
  ['warn', true],
  ['error', false],
  ['silent', false],
])('lets operators act with a log at %s: %s', (LOG_LEVEL, allowed) => {
  expect(gatewaySchema.safeParse({ ...environment, LOG_LEVEL }).success).toBe(allowed);
  const { NANO_OPERATOR_KEY: _key, ...without } = environment;
  expect(gatewaySchema.safeParse({ ...without, LOG_LEVEL }).success).toBe(true);
});
