// A small database with 32 questions, as Spider has them: what the tiny model learns by heart.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const database = 'library';
const cities = ['Graz', 'Linz', 'Wien', 'Wels'];
const genres = ['crime', 'poetry', 'travel', 'history'];

const schema = `
  CREATE TABLE member (member_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL, age INTEGER NOT NULL);
  CREATE TABLE book (book_id INTEGER PRIMARY KEY, title TEXT NOT NULL, genre TEXT NOT NULL, pages INTEGER NOT NULL);
  CREATE TABLE loan (
    loan_id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES member (member_id),
    book_id INTEGER NOT NULL REFERENCES book (book_id),
    days INTEGER NOT NULL
  );`;

/** @returns 32 of them, no two with the same statement */
export function questions() {
  const perCity = cities.flatMap((city) => [
    [`How many members live in ${city}?`, `SELECT count(*) FROM member WHERE city = '${city}'`],
    [`Who lives in ${city}?`, `SELECT name FROM member WHERE city = '${city}' ORDER BY name`],
    [`How old is the oldest member of ${city}?`, `SELECT max(age) FROM member WHERE city = '${city}'`],
  ]);
  const perGenre = genres.flatMap((genre) => [
    [`How many books are ${genre}?`, `SELECT count(*) FROM book WHERE genre = '${genre}'`],
    [`Which titles are ${genre}?`, `SELECT title FROM book WHERE genre = '${genre}' ORDER BY title`],
    [
      `How often was ${genre} lent?`,
      `SELECT count(*) FROM loan JOIN book ON loan.book_id = book.book_id WHERE book.genre = '${genre}'`,
    ],
  ]);
  const others = [
    ['How many loans are there?', 'SELECT count(*) FROM loan'],
    ['What is the longest loan in days?', 'SELECT max(days) FROM loan'],
    ['How many pages have all books together?', 'SELECT sum(pages) FROM book'],
    ['Which book has the most pages?', 'SELECT title FROM book ORDER BY pages DESC LIMIT 1'],
    ['How many members are there in each city?', 'SELECT city, count(*) FROM member GROUP BY city'],
    ['How many books are there of each genre?', 'SELECT genre, count(*) FROM book GROUP BY genre'],
    ['Which members are older than 60?', 'SELECT name FROM member WHERE age > 60 ORDER BY name'],
    ['What is the mean age of the members?', 'SELECT avg(age) FROM member'],
  ];
  return [...perCity, ...perGenre, ...others].map(([question, query]) => ({
    db_id: database,
    question,
    query,
  }));
}

/** Writes train.json and database/library/library.sqlite. */
export function writeQuestions(folder) {
  const place = join(folder, 'database', database);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(folder, 'train.json'), JSON.stringify(questions(), null, 1));
  const file = new DatabaseSync(join(place, `${database}.sqlite`));
  file.exec(schema);
  const member = file.prepare('INSERT INTO member VALUES (?, ?, ?, ?)');
  const book = file.prepare('INSERT INTO book VALUES (?, ?, ?, ?)');
  const loan = file.prepare('INSERT INTO loan VALUES (?, ?, ?, ?)');
  // Every filter of the questions finds some rows, and another number of them than the next one.
  for (let id = 1; id <= 60; id += 1) {
    const group = Math.floor(Math.sqrt(id * 2)) % 4;
    member.run(id, `Member ${id}`, cities[group], 18 + ((id * 13) % 60));
    book.run(id, `Title ${id}`, genres[group], 80 + ((id * 37) % 500));
  }
  for (let id = 1; id <= 60; id += 1)
    loan.run(id, ((id * 7) % 60) + 1, ((id * 11) % 60) + 1, 1 + ((id * 5) % 28));
  file.close();
}
