// Runs the whole test suite: the static checks, then unit, integration and end-to-end tests against real servers.
// Usage: node tests/run.mjs [checks|unit|integration|e2e …] [-- arguments of jest]
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const tiers = ['checks', 'unit', 'integration', 'e2e'];
const separator = process.argv.indexOf('--');
const given = process.argv.slice(2, separator === -1 ? undefined : separator);
const jestArguments = separator === -1 ? [] : process.argv.slice(separator + 1);
const unknown = given.filter((tier) => !tiers.includes(tier));
if (unknown.length > 0) {
  console.error(`Unknown tests: ${unknown.join(', ')}. There are: ${tiers.join(', ')}.`);
  process.exit(2);
}
const chosen = given.length > 0 ? tiers.filter((tier) => given.includes(tier)) : tiers;
/** The longest first: two run at a time, and each of them uses one core. */
const checks = ['lint', 'format', 'typecheck', 'boundaries', 'deadcode', 'licences'];
const folder = mkdtempSync(join(tmpdir(), 'nano-tests-'));
const environment = {
  ...process.env,
  // What answers in tests must not hang on what else runs on the machine.
  NANO_FIND_MODEL: 'off',
  // Each application is started many times: what the first one compiled is there for the others.
  NODE_COMPILE_CACHE: join(folder, 'compiled'),
  NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
};
/** A suite that hangs is ended and has failed. */
const longestTierMs = 20 * 60_000;
const total = { passed: 0, failed: 0 };
const stops = [];

/** Runs a command, with its output shown unless it has to go elsewhere; resolves to its exit code. */
function run(command, args, env = process.env, stdio = 'inherit') {
  return new Promise((resolve) => {
    spawn(command, args, { stdio, env, timeout: longestTierMs, killSignal: 'SIGKILL' })
      .once('error', () => resolve(127))
      .once('exit', (code) => resolve(code ?? 1));
  });
}

async function runChecks() {
  const waiting = [...checks];
  const runNext = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) await runCheck(check);
  };
  await Promise.all([runNext(), runNext()]);
}

/** What it prints is shown in one piece when it has ended: another check runs beside it. */
async function runCheck(check) {
  const started = Date.now();
  const file = join(folder, `${check}.txt`);
  const output = openSync(file, 'w');
  const code = await run('npm', ['run', '--silent', check], process.env, ['ignore', output, output]);
  closeSync(output);
  total[code === 0 ? 'passed' : 'failed'] += 1;
  const seconds = Math.round((Date.now() - started) / 1_000);
  console.log(`${readFileSync(file, 'utf8')}${code === 0 ? '✓' : '✕'} ${check} (${seconds} s)`);
}

async function runJest(tier) {
  const report = join(folder, `${tier}.json`);
  // Without a number jest leaves one core to itself, and has one worker where there are two cores.
  const options = ['--maxWorkers=2', `--testTimeout=${tier === 'unit' ? 30_000 : 240_000}`];
  // Suites of one server alone; the loud line about the missing server speaks for them.
  const without = tier === 'unit' ? [] : missingSuites();
  const args = [
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    tier,
    '--json',
    '--outputFile',
    report,
    '--silent=false',
    ...options,
    ...(without.length > 0 ? ['--testPathIgnorePatterns', ...without] : []),
    ...jestArguments,
  ];
  const code = await run(process.execPath, args, { ...environment, ...servers });
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    total.passed += numPassedTests;
    // A suite that cannot start has no failed test of its own, and a test that did not run has not passed.
    const broken = testResults.filter(
      (suite) =>
        suite.status === 'failed' && suite.assertionResults.every((test) => test.status === 'passed'),
    ).length;
    total.failed += numFailedTests + numPendingTests + broken;
    if (code !== 0 && numFailedTests + numFailedTestSuites === 0) total.failed += 1;
  } catch {
    total.failed += 1;
  }
}

const servers = {};
let compose = true;
let kustomize = true;
let prometheus = true;
let backups = true;

function missingSuites() {
  const suites = [];
  if (!compose) suites.push('/compose[.]int[.]ts$');
  if (!kustomize) suites.push('/kustomize[.]int[.]ts$');
  if (!prometheus) suites.push('/(prometheus|dashboards)[.][^/]*$');
  if (!backups) suites.push('/(backup[.]e2e|backup-script[.]int)[.]ts$');
  if (servers.NANO_TEST_REDIS_URL === undefined) suites.push('/redis-[^/]*$', '/dashboards[.][^/]*$');
  if (servers.NANO_TEST_MARIADB_URL === undefined) suites.push('/mysql[^/]*[.]int[.]ts$');
  return suites;
}

async function startServers() {
  compose = has('docker-compose', 'nothing tries the Compose file');
  kustomize = has('kubernetes-client', 'nothing holds the overlays against kustomize', 'kubectl', [
    'kustomize',
    '--help',
  ]);
  prometheus = has(
    'prometheus',
    'nothing scrapes the metrics, and no rule or dashboard is tried',
    'promtool',
  );
  backups = has('postgresql', 'nothing tries a backup', 'sh', ['-c', 'ls /usr/lib/postgresql/*/bin/initdb']);
  const { startPostgres } = await import('../dist/tests/support/postgres.js');
  const postgres = await startPostgres();
  stops.push(() => postgres.stop());
  servers.NANO_TEST_POSTGRES_URL = postgres.url;
  if (has('redis-server', 'no test runs on the Redis backend')) {
    const { startRedis } = await import('../dist/tests/support/redis.js');
    const redis = await startRedis();
    stops.push(() => redis.stop());
    servers.NANO_TEST_REDIS_URL = redis.url;
  }
  if (has('mariadb-server', 'no test runs on MySQL', 'mariadbd')) {
    const { startMariadb } = await import('../dist/tests/support/mariadb.js');
    const mariadb = await startMariadb();
    stops.push(() => mariadb.stop());
    servers.NANO_TEST_MARIADB_URL = mariadb.url;
  }
}

/** Debian's package, installed where we may. Without it tests are missing: said loudly, and a failure in CI. */
function has(name, loss, program = name, question = ['--version']) {
  const present = () => spawnSync(program, question, { stdio: 'ignore' }).status === 0;
  if (present()) return true;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0) {
    console.log(`Installing ${name} …`);
    const options = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    const install = () =>
      spawnSync('apt-get', ['install', '-y', '--no-install-recommends', name], options).status === 0;
    if (!install() && spawnSync('apt-get', ['update'], options).status === 0) install();
    if (present()) return true;
  }
  const message = `${name.toUpperCase()} IS MISSING: ${loss}. Install it and run the tests again.`;
  console.error(`\n${'!'.repeat(message.length)}\n${message}\n${'!'.repeat(message.length)}\n`);
  if (process.env.CI) total.failed += 1;
  return false;
}

try {
  if (chosen.includes('checks')) await runChecks();
  if (chosen.includes('unit')) await runJest('unit');
  if (chosen.includes('integration') || chosen.includes('e2e')) {
    await startServers();
    if (chosen.includes('integration')) await runJest('integration');
    if (chosen.includes('e2e')) await runJest('e2e');
  }
} finally {
  for (const stop of stops) await stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
