/**
 * After a change to a generator or a question: writes what the questions' SQL now yields into questions/*.json
 * of the folder given, and prints the digests that belong into digests.ts. Look at the difference before you
 * commit it: the rows are what every answer is measured by.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { buildSamples, type BuiltSample } from './build.js';
import { digestOf } from './digest.js';

const [questions = 'samples/questions'] = process.argv.slice(2);
// A folder of its own, because a file with the committed digest's stamp would not be built again.
const folder = mkdtempSync(join(tmpdir(), 'nano-samples-'));
try {
  for (const sample of buildSamples(folder))
    process.stdout.write(`  ${sample.name}: '${refresh(sample)}',\n`);
} finally {
  rmSync(folder, { recursive: true });
}

function refresh(sample: BuiltSample): string {
  const database = new Database(sample.path, { readonly: true });
  try {
    const entries = sample.questions.map((entry) => {
      const statement = database.prepare(entry.sql).raw();
      return { ...entry, columns: statement.columns().map(({ name }) => name), rows: statement.all() };
    });
    writeFileSync(join(questions, `${sample.name}.json`), `${JSON.stringify(entries, null, 2)}\n`);
    return digestOf(database);
  } finally {
    database.close();
  }
}
