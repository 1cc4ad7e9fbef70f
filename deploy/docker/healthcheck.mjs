// Exits 0 when the application that is process 1 of this container is ready, 1 when it is not.
import { readFileSync } from 'node:fs';

const ports = { gateway: 8080, retriever: 8081, generator: 8082, executor: 8083, baseline: 8089 };

const app = /apps\/(\w+)\//.exec(
  process.env.HEALTHCHECK_COMMAND ?? readFileSync('/proc/1/cmdline', 'utf8'),
)?.[1];
const port = process.env[`${app?.toUpperCase()}_PORT`] || ports[app];
// The baseline depends on nothing, and has no /readyz.
const path = app === 'baseline' ? 'healthz' : 'readyz';
try {
  const response = await fetch(`http://127.0.0.1:${port}/${path}`, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
} catch (error) {
  console.error(`${app}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
