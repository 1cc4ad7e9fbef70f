import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { type Copy, type Dockerfile, DockerfileParser, type Instruction } from 'dockerfile-ast';
import { baselineSchema } from '../../apps/baseline/src/config.js';
import { executorSchema } from '../../apps/executor/src/config.js';
import { gatewaySchema } from '../../apps/gateway/src/config.js';
import { generatorSchema } from '../../apps/generator/src/config.js';
import { retrieverSchema } from '../../apps/retriever/src/config.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const dockerfile: Dockerfile = DockerfileParser.parse(read('deploy/docker/Dockerfile'));
function instructionsOfLastStage(): Instruction[] {
  const start = dockerfile.getFROMs().at(-1)!.getRange().start.line;
  return dockerfile.getInstructions().filter((each) => each.getRange().start.line > start);
}

function last(keyword: string): Instruction {
  return instructionsOfLastStage().find((each) => each.getKeyword() === keyword)!;
}

it('copies only what the repository has and the build may see', () => {
  const allowed = read('deploy/docker/Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = dockerfile
    .getCOPYs()
    .filter((copy: Copy) => !copy.getFlags().some((flag) => flag.getName() === 'from'))
    .flatMap((copy) =>
      copy
        .getArguments()
        .slice(0, -1)
        .map((argument) => argument.getValue()),
    );
  expect(copied.length).toBeGreaterThan(8);
  for (const path of copied) {
    expect({ path, files: globSync(path, { cwd: root }).length }).toEqual({ path, files: 1 });
    expect(allowed.some((pattern) => globSync(pattern, { cwd: root }).includes(path))).toBe(true);
  }
  for (const path of ['.git', 'node_modules', 'deploy/docker/secrets', 'tests'])
    expect(allowed).not.toContain(path);
});

it('ends in a stage without shell, root and build tools, whose commands need no shell', () => {
  const [from] = dockerfile.getFROMs().slice(-1);
  expect(from!.getImage()).toBe('${RUNTIME_IMAGE}');
  const keywords = instructionsOfLastStage().map((each) => each.getKeyword());
  expect(keywords).not.toContain('RUN');
  expect(keywords).not.toContain('ADD');
  expect(last('USER').getArgumentsContent()).toMatch(/^[1-9][0-9]*:[1-9][0-9]*$/);
  for (const keyword of ['ENTRYPOINT', 'CMD'])
    expect(last(keyword).getArgumentsContent()).toMatch(/^\[".*"\]$/);
  expect(last('HEALTHCHECK').getArgumentsContent()).toMatch(/CMD \["\/app\/bin\/node", /);
});

it('builds on tags that say what they are', () => {
  const defaults = dockerfile.getInitialARGs().map((argument) => argument.getArgumentsContent() ?? '');
  expect(defaults.map((line) => line.split('=')[0])).toEqual(['BUILD_IMAGE', 'RUNTIME_IMAGE']);
  for (const line of defaults) expect(line).toMatch(/trixie|debian13/);
  for (const line of defaults) expect(line).toMatch(/:(?!latest)[\w-]+$/);
});

it('asks each application for its health where that one listens', () => {
  const ports = Object.fromEntries(
    Object.entries({
      gateway: gatewaySchema.shape.GATEWAY_PORT,
      retriever: retrieverSchema.shape.RETRIEVER_PORT,
      generator: generatorSchema.shape.GENERATOR_PORT,
      executor: executorSchema.shape.EXECUTOR_PORT,
      baseline: baselineSchema.shape.BASELINE_PORT,
    }).map(([app, schema]) => [app, schema.parse(undefined)]),
  );
  const [line = ''] = /const ports = .*/.exec(read('deploy/docker/healthcheck.mjs')) ?? [];
  for (const [app, port] of Object.entries(ports)) expect(line).toContain(`${app}: ${port}`);
  expect(last('EXPOSE').getArgumentsContent()).toBe(Object.values(ports).join(' '));
});

it('labels the image by the commit alone', () => {
  const print = () =>
    execFileSync(process.execPath, ['deploy/docker/build.mjs', '--print'], { cwd: root, encoding: 'utf8' });
  expect(print()).toBe(print());
  expect(print()).toMatch(
    /--build-arg REVISION=[0-9a-f]{40} --build-arg SOURCE_DATE_EPOCH=\d+ --build-arg CREATED=\d{4}-/,
  );
});
