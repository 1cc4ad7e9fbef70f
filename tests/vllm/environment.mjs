// The Python environment of the real vLLM: made once below .nano/vllm, out of pinned packages, made anew when they change.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
export const root = join(here, '..', '..');
/** Not in git; nothing in it is lost that cannot be made again. */
export const folder = join(root, '.nano', 'vllm');

/** Nothing is reported or fetched, adapters come and go, and little memory is set aside for so small a model. */
export const environment = {
  ...process.env,
  VLLM_NO_USAGE_STATS: '1',
  DO_NOT_TRACK: '1',
  HF_HUB_OFFLINE: '1',
  HF_HOME: join(folder, 'cache'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  VLLM_ALLOW_RUNTIME_LORA_UPDATING: '1',
  VLLM_CPU_KVCACHE_SPACE: '1',
};
// Modules that are compiled anew at each start take a minute of it.
delete environment.PYTHONDONTWRITEBYTECODE;

/** @returns the path of its Python. About 3 GB are downloaded the first time, and 6 GB of disk used. */
export function prepareEnvironment() {
  const requirements = join(here, 'requirements.txt');
  return makeVenv({
    venv: join(folder, 'venv'),
    requirements,
    what: 'vLLM for CPUs',
    options: ['--no-deps'],
  });
}

/** A virtual environment with pinned packages, made anew when they change. */
export function makeVenv({ venv, requirements, what, options = [] }) {
  const stamp = join(venv, 'requirements.sha256');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const python = join(venv, 'bin', 'python');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  console.log(`Installing ${what} (some minutes, about 3 GB) …`);
  rmSync(venv, { recursive: true, force: true });
  run(basePython(), ['-m', 'venv', venv]);
  run(python, ['-m', 'pip', 'install', '--quiet', ...options, '--requirement', requirements]);
  writeFileSync(stamp, wanted);
  return python;
}

/** @returns the folder with `base` and `adapter` */
export function makeRandomModel(python) {
  const model = join(folder, 'model');
  if (!existsSync(join(model, 'adapter', 'adapter_config.json'))) {
    console.log('Making a random Llama and an adapter …');
    run(python, [join(here, 'make_random_llama.py'), model]);
  }
  return model;
}

function basePython() {
  const found = ['python3.12', 'python3.11', 'python3.13', 'python3'].find((name) => {
    const { stdout, status } = spawnSync(name, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      encoding: 'utf8',
    });
    const [major, minor] = (stdout ?? '').split(' ').map(Number);
    return status === 0 && major === 3 && minor >= 11 && minor <= 13;
  });
  if (found === undefined)
    throw new Error('vLLM needs Python 3.11, 3.12 or 3.13: install one, with its venv module.');
  return found;
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: environment });
  if (status !== 0)
    throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed: ${error ?? `exit ${status}`}`);
}
