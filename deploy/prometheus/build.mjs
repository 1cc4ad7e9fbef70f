// Writes the rules as an object of Prometheus Operator. Usage: npm run monitoring
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';

const folder = new URL('rules/', import.meta.url);

/** The PrometheusRule with the groups of every file. */
export function ruleManifest() {
  const groups = readdirSync(folder)
    .sort()
    .flatMap((file) => parse(readFileSync(new URL(file, folder), 'utf8')).groups);
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'nano-rules' },
    spec: { groups },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const note = '# Made of deploy/prometheus/rules by `npm run monitoring`; a test holds them together.\n';
  writeFileSync(
    new URL('../k8s/monitoring/rules.yaml', import.meta.url),
    note + stringify(ruleManifest(), { lineWidth: 0 }),
  );
}
