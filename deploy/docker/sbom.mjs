// Writes the packages that the service runs with, as CycloneDX, from the lock file: of every platform. The same commit
// gives the same bytes. Usage, from the root of the repository: node deploy/docker/sbom.mjs FILE
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
if (!file) {
  console.error('Usage: node deploy/docker/sbom.mjs FILE');
  process.exit(2);
}
const args = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
const bom = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));

// npm's own --omit=dev also leaves out what a development package needs as well: zod, for one.
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const production = new Set(
  Object.entries(packages)
    .filter(([, { dev }]) => !dev)
    .map(([path, { name, version }]) => `${name ?? path.split('node_modules/').at(-1)}@${version}`),
);
bom.components = bom.components.filter((component) => production.has(component['bom-ref']));
bom.dependencies = bom.dependencies
  .filter(({ ref }) => production.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => production.has(each)) }));

// npm gives each run a number and a time of its own, and calls the whole by the folder's name.
delete bom.serialNumber;
bom.metadata.timestamp = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1_000).toISOString();
bom.metadata.component.name = 'nano-analyst';
writeFileSync(file, `${JSON.stringify(bom, null, 2)}\n`);
console.log(`${file}: ${bom.components.length} packages`);
