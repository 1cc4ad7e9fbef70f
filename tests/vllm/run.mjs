// `npm run test:vllm`: the adapters and the pipeline against a real vLLM on this machine's CPU, with a model of random weights.
// The suite alone, against a server that runs: NANO_TEST_VLLM_URL=http://… npm run test:vllm [-- arguments of jest]
// The server alone: node tests/vllm/run.mjs serve [FOLDER OF A MODEL [arguments of vLLM]]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { folder, makeRandomModel, prepareEnvironment, root } from './environment.mjs';
import { startVllm } from './server.mjs';

const given = process.argv.slice(2);

async function serve([model, ...more]) {
  const python = prepareEnvironment();
  console.log(`Starting vLLM; its log is ${join(folder, 'server.log')} …`);
  return startVllm({ python, model: model ?? join(makeRandomModel(python), 'base'), name: 'base', more });
}

function jest(args, servers) {
  const env = {
    ...process.env,
    ...servers,
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  };
  const fixed = ['--selectProjects', 'vllm', '--runInBand', '--testTimeout=180000', '--silent=false'];
  return new Promise((resolve) => {
    spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...fixed, ...args], {
      cwd: root,
      stdio: 'inherit',
      env,
    })
      .once('error', () => resolve(127))
      .once('exit', (code) => resolve(code ?? 1));
  });
}

async function test(args) {
  const { startPostgres } = await import('../../dist/tests/support/postgres.js');
  const running = process.env.NANO_TEST_VLLM_URL;
  const vllm = running === undefined ? await serve([]) : { url: running, stop: async () => undefined };
  const postgres = await startPostgres();
  try {
    return await jest(args, {
      NANO_TEST_VLLM_URL: vllm.url,
      NANO_TEST_POSTGRES_URL: postgres.url,
      NANO_TEST_VLLM_ADAPTER: join(folder, 'model', 'adapter'),
    });
  } finally {
    await postgres.stop();
    await vllm.stop();
  }
}

if (given[0] === 'serve') {
  const { url, stop } = await serve(given.slice(1));
  console.log(`Serving ${url}; Ctrl-C stops it.`);
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => void stop().then(() => process.exit(0)));
} else {
  process.exitCode = await test(given);
}
