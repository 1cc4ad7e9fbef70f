import { resolve } from 'node:path';
import { buildSamples } from './build.js';

const [folder = '.'] = process.argv.slice(2);
for (const { name, path } of buildSamples(resolve(folder))) process.stdout.write(`${name}  ${path}\n`);
