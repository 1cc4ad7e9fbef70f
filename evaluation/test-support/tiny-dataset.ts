import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const tables = `
  CREATE TABLE owner (id INTEGER PRIMARY KEY, name TEXT, city TEXT);
  CREATE TABLE pet (id INTEGER PRIMARY KEY, owner_id INTEGER REFERENCES owner(id), kind TEXT, weight REAL);
`;
const rows = `
  INSERT INTO owner VALUES (1, 'Ada', 'Bonn'), (2, 'Ben', 'Bonn'), (3, 'Cleo', 'Kiel');
  INSERT INTO pet VALUES (1, 1, 'cat', 4.5), (2, 1, 'dog', 12), (3, 2, 'cat', 3.5), (4, 3, 'cat', 4.5);
`;
/** In this one every owner of a cat lives in Kiel: it tells apart what the first database does not. */
const otherRows = `
  INSERT INTO owner VALUES (1, 'Ada', 'Kiel'), (2, 'Ben', 'Bonn');
  INSERT INTO pet VALUES (1, 1, 'cat', 4.5), (2, 2, 'dog', 12);
`;

export const tinyTables = [
  {
    db_id: 'pets',
    table_names_original: ['Owner', 'Pet'],
    column_names_original: [
      [-1, '*'],
      [0, 'id'],
      [0, 'name'],
      [0, 'city'],
      [1, 'id'],
      [1, 'owner_id'],
      [1, 'kind'],
      [1, 'weight'],
    ],
    foreign_keys: [[5, 1]],
  },
];

export interface TinyQuestion {
  gold: string;
  predicted: string;
}

/** A Spider-style folder in a new temporary directory, with `predictions.sql` beside the questions. */
export function writeTinyDataset(questions: TinyQuestion[], options: { databases?: 1 | 2 } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-spider-'));
  const home = join(folder, 'database', 'pets');
  mkdirSync(home, { recursive: true });
  writeDatabase(join(home, 'pets.sqlite'), rows);
  if (options.databases === 2) writeDatabase(join(home, 'another.sqlite'), otherRows);
  const entries = questions.map(({ gold }, at) => ({
    db_id: 'pets',
    question: `question ${at}`,
    query: gold,
  }));
  writeFileSync(join(folder, 'dev.json'), JSON.stringify(entries));
  writeFileSync(join(folder, 'tables.json'), JSON.stringify(tinyTables));
  writeFileSync(join(folder, 'predictions.sql'), questions.map(({ predicted }) => `${predicted}\n`).join(''));
  return folder;
}

function writeDatabase(file: string, content: string): void {
  const database = new DatabaseSync(file);
  database.exec(tables + content);
  // Text that is no UTF-8: the bytes of 'Zoë' in Latin-1.
  database.exec("INSERT INTO owner VALUES (9, CAST(x'5a6feb' AS TEXT), 'Ulm')");
  database.close();
}
