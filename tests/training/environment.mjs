// The Python environment of the training: made once below .nano/training, anew when its packages change.
import { join } from 'node:path';
import { makeVenv, root } from '../vllm/environment.mjs';

/** @returns the path of its Python. About 3 GB are downloaded the first time, and 6 GB of disk used. */
export function trainingPython() {
  return (
    process.env.NANO_TEST_TRAINING_PYTHON ??
    makeVenv({
      venv: join(root, '.nano', 'training', 'venv'),
      requirements: join(root, 'training', 'requirements.txt'),
      what: 'the training',
    })
  );
}
