import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { buildSamples } from './build.js';
import { digestOf } from './digest.js';

const usage = `Usage: node dist/samples/src/main.js [FOLDER] [--digests]
Writes the bundled samples into FOLDER (default: the current one). --digests prints what digests.ts holds.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    digests: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  process.stdout.write(usage);
} else {
  for (const { name, path } of buildSamples(resolve(positionals[0] ?? '.'))) {
    process.stdout.write(values.digests ? `  ${name}: '${digestAt(path)}',\n` : `${name}  ${path}\n`);
  }
}

function digestAt(path: string): string {
  const database = new Database(path, { readonly: true });
  try {
    return digestOf(database);
  } finally {
    database.close();
  }
}
