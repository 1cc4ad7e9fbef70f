import { describe, expect, it } from '@jest/globals';
import { DialectSandbox } from '../../apps/executor/src/sandbox/dialect.sandbox.js';
import { fuzz } from '../../bench/fuzz/fuzz.js';
import { safetyDialects } from '../../bench/safety/subjects.js';
import { testServers } from '../support/servers.js';

/** A sample with another seed each day; `npm run fuzz` sends more. */
const seed = Math.floor(Date.now() / 86_400_000);

const dialects = safetyDialects.filter(
  (dialect) => dialect !== 'mysql' || testServers().mariadbUrl !== undefined,
);

describe.each(dialects)('statements of a grammar on %s', (dialect) => {
  it('write nothing, show nothing, bring nothing down and end in time', async () => {
    const sandbox = new DialectSandbox();
    const result = await fuzz(sandbox, dialect, 300, seed);
    await sandbox.close();
    expect(result).toMatchObject({ statements: 300, seed, faults: [] });
    // What is refused at once tries nothing: some must get through to the engine.
    const { 'rejected guard': refused = 0, rows = 0 } = result.outcomes;
    expect(refused).toBeLessThan(260);
    expect(rows).toBeGreaterThan(0);
  });
});
