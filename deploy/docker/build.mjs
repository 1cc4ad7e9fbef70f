// Builds the image with labels that depend on the commit alone. Usage, from the root of the repository:
// node deploy/docker/build.mjs [--print] [more arguments of docker build]
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
const given = process.argv.slice(2);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const seconds = git('log', '-1', '--format=%ct');
const buildArguments = {
  VERSION: version,
  REVISION: git('rev-parse', 'HEAD'),
  SOURCE_DATE_EPOCH: seconds,
  CREATED: new Date(Number(seconds) * 1_000).toISOString(),
};
const command = [
  'build',
  ...['--file', 'deploy/docker/Dockerfile'],
  ...['--tag', `nano-analyst:${version}`],
  ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
  ...given.filter((argument) => argument !== '--print'),
  '.',
];
if (given.includes('--print')) console.log(['docker', ...command].join(' '));
else process.exitCode = spawnSync('docker', command, { stdio: 'inherit' }).status ?? 127;
