// Writes the dashboards that Grafana loads. Usage: npm run monitoring
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { executor } from './src/executor.mjs';
import { model } from './src/model.mjs';
import { oneQuery } from './src/one-query.mjs';
import { overview } from './src/overview.mjs';
import { quality } from './src/quality.mjs';

export const dashboards = { overview, model, executor, quality, query: oneQuery };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, dashboard] of Object.entries(dashboards)) {
    const file = fileURLToPath(new URL(`dashboards/${name}.json`, import.meta.url));
    writeFileSync(file, `${JSON.stringify(dashboard, null, 2)}\n`);
  }
}
