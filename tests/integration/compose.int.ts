import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { composeFile } from '../deploy/compose.js';

let folder: string;
let file: string;
/** The client with the plug-in, or Debian's, which tests/run.mjs installs. */
const command =
  spawnSync('docker', ['compose', 'version']).status === 0 ? ['docker', 'compose'] : ['docker-compose'];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nano-compose-'));
  file = join(folder, 'docker-compose.yml');
  const version = run('version');
  // Debian 12's client is from before the file could name its project.
  const text = readFileSync(composeFile, 'utf8');
  writeFileSync(file, / 1[.]/.test(version) ? text.replace(/^name: .*$/m, '') : text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('is what the client of Compose takes', () => {
  expect(run('-f', file, 'config', '--services').trim().split('\n').sort()).toEqual(
    expect.arrayContaining([
      'baseline',
      'executor',
      'gateway',
      'generator',
      'postgres',
      'redis',
      'retriever',
    ]),
  );
});

it('gives the model server to the profile gpu alone', () => {
  const config = run('--env-file', join(dirname(composeFile), 'gpu.env'), '-f', file, 'config');
  expect(config).toContain('LLM_BASE_URL: http://vllm:8000/v1');
  expect(config).toContain('--max-num-seqs=16');
  expect(run('-f', file, 'config')).toContain('LLM_BASE_URL: http://baseline:8089/v1');
});

it('sends spans to Tempo with tracing.env, and by default nowhere', () => {
  const config = run('--env-file', join(dirname(composeFile), 'tracing.env'), '-f', file, 'config');
  expect(config.match(/OTEL_EXPORTER_OTLP_ENDPOINT: http:\/\/tempo:4318/g)?.length).toBe(5);
  expect(run('-f', file, 'config')).not.toContain('http://tempo:4318');
});

function run(...args: string[]): string {
  const [program = '', ...first] = command;
  return execFileSync(program, [...first, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
