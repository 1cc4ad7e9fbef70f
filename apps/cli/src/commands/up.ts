import type { Command } from 'commander';
import type { ModelOptions } from '../model/choose-model.js';
import type { Host } from '../embedded/host.js';
import { httpAddress, llmOption, modelOption, wholeNumber } from './options.js';

interface UpOptions extends ModelOptions {
  port?: number;
  host?: string;
}

const help = `
Examples:
  ./nano up
  ./nano up --port 9000
  ./nano up --model qwen2.5-coder:7b
  ./nano up --llm http://127.0.0.1:8000/v1
  LLM_BASE_URL=http://127.0.0.1:8000/v1 LLM_MODEL=my-model ./nano up
  NANO_API_KEYS=$(openssl rand -hex 24) ./nano up --host 0.0.0.0

Stops on Ctrl-C or SIGTERM, after the work in hand is done. State stays in NANO_HOME.`;

export function addUpCommand(program: Command): void {
  program
    .command('up')
    .description('start the service with everything it needs, and stay')
    .option('--port <n>', 'port to listen on (default: GATEWAY_PORT or 8080)', wholeNumber(0, 65_535))
    .option(
      '--host <address>',
      'address to listen on (default: GATEWAY_HOST or 127.0.0.1); others need NANO_API_KEYS',
    )
    .option(...modelOption)
    .option(...llmOption, httpAddress)
    .addHelpText('after', help)
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const { readConfig } = await import('../config.js');
  const { catchInterrupts } = await import('../interrupts.js');
  const { startHost } = await import('../embedded/host.js');
  const { stdout } = await import('../output/terminal.js');
  const { withModelOptions } = await import('../model/choose-model.js');
  const config = withModelOptions(readConfig(), options);
  const { signal } = catchInterrupts();
  const host = await startHost(config, {
    host: options.host ?? config.gatewayHost,
    port: options.port ?? config.gatewayPort,
    stays: true,
  });
  try {
    await printStart(host, config.home);
    const reason = await Promise.race([host.broken, interrupted(signal)]);
    if (reason) throw reason;
    stdout.line('Stopping …');
  } finally {
    await host.close();
  }
}

async function printStart(host: Host, home: string): Promise<void> {
  const { stdout } = await import('../output/terminal.js');
  const { tellModel } = await import('../output/model-notice.js');
  const datasources = await host.client.datasources();
  stdout.line(`Nano-Analyst runs at ${stdout.style('bold', host.url)}`);
  stdout.line(`  API          ${host.url}/openapi.json`);
  stdout.line(`  datasources  ${datasources.map(({ name }) => name).join(', ')}`);
  stdout.line(`  model        ${host.model?.description ?? 'baseline'}`);
  stdout.line(`  state, logs  ${home}`);
  tellModel(host, stdout);
  stdout.line('Try: ./nano ask "How many customers are there?"    Ctrl-C stops.');
}

function interrupted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
