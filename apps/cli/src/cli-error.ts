/** What the command line itself can run into, with the mend. The service's own codes are in the shared catalogue. */
export const cliErrors = {
  usage: 'See `./nano <command> --help`.',
  already_running: 'Use the one that runs (`./nano ask …`), stop it first, or set another NANO_HOME.',
  home_not_writable: 'Set NANO_HOME to a folder of your own, or make this one writable for you.',
  postgres_failed: 'See the log that the message names; `./nano doctor` checks the rest.',
  postgres_unsupported:
    'Set DATABASE_URL to a PostgreSQL of your own, or run on Linux (x64, arm64) or macOS.',
  no_account: 'Run ./nano as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  port_in_use: 'Choose another one with --port, or stop what listens there.',
  start_failed: 'See the message and the log in NANO_HOME/logs; `./nano doctor` checks the parts.',
  gateway_unreachable: 'Check the address (--url, NANO_URL) and that the gateway runs.',
  not_a_gateway: 'Check the address (--url, NANO_URL): something else answers there.',
  indexing_failed:
    '`./nano datasource show NAME` has the reason; mend it, then `./nano datasource refresh NAME`.',
  model_not_found: '`./nano model list` shows what there is; --llm or LLM_BASE_URL names another server.',
  model_refused: 'The message says why; vLLM needs --enable-lora and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True.',
  check_failed:
    'The message has the reason; `./nano datasource show NAME` and the log of the executor tell more.',
  publishing: 'Wait until it has ended, and look at what it has published.',
  samples_failed: 'Remove NANO_HOME/samples and start again.',
} as const;
export type CliErrorCode = keyof typeof cliErrors;

/** A failure that the command line explains in one line: no stack trace unless LOG_LEVEL=debug. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: CliErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get mend(): string {
    return cliErrors[this.code];
  }

  get exitCode(): number {
    return this.code === 'usage' ? 2 : 1;
  }
}
