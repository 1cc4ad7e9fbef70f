import { start } from './start.js';

const running = await start(process.env);
process.stdout.write(`recorded model at ${running.url}/v1\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    running.close().catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exitCode = 1;
    });
  });
}
