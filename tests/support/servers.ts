import type { QueueKind } from './stack.js';

/** The servers that the test run started once, for all test files: see tests/run.mjs. */
export function testServers(): {
  postgresUrl: string;
  redisUrl: string | undefined;
  mariadbUrl: string | undefined;
} {
  const postgresUrl = process.env['NANO_TEST_POSTGRES_URL'];
  if (!postgresUrl)
    throw new Error('Start these tests with `./nano test`: it starts the servers that they need.');
  return {
    postgresUrl,
    redisUrl: process.env['NANO_TEST_REDIS_URL'],
    mariadbUrl: process.env['NANO_TEST_MARIADB_URL'],
  };
}

/** The queue backends to run a suite on. Without Redis the test run has said so loudly, and refuses in CI. */
export const queueKinds: QueueKind[] =
  testServers().redisUrl === undefined ? ['postgres'] : ['redis', 'postgres'];

export function queueUrl(kind: QueueKind): string {
  const { postgresUrl, redisUrl } = testServers();
  return kind === 'redis' && redisUrl !== undefined ? redisUrl : postgresUrl;
}
