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

/** No two with the same statement, nor with the same words but for one: a model so small tells those apart late. */
const pairs = [
  ['How many members live in Graz?', "SELECT count(*) FROM member WHERE city = 'Graz'"],
  ['Who lives in Linz?', "SELECT name FROM member WHERE city = 'Linz' ORDER BY name"],
  ['How old is the oldest person from Wien?', "SELECT max(age) FROM member WHERE city = 'Wien'"],
  ['What is the mean age of people in Wels?', "SELECT avg(age) FROM member WHERE city = 'Wels'"],
  ['How many crime books are there?', "SELECT count(*) FROM book WHERE genre = 'crime'"],
  ['List the titles of poetry.', "SELECT title FROM book WHERE genre = 'poetry' ORDER BY title"],
  ['How thick is the thickest history book?', "SELECT max(pages) FROM book WHERE genre = 'history'"],
  ['Add up the pages of all travel books.', "SELECT sum(pages) FROM book WHERE genre = 'travel'"],
  ['How many loans were made?', 'SELECT count(*) FROM loan'],
  ['What is the longest loan in days?', 'SELECT max(days) FROM loan'],
  ['And the shortest one?', 'SELECT min(days) FROM loan'],
  ['For how long are books lent on average?', 'SELECT avg(days) FROM loan'],
  ['How many pages has the whole library?', 'SELECT sum(pages) FROM book'],
  ['Which book is the thickest?', 'SELECT title FROM book ORDER BY pages DESC LIMIT 1'],
  ['Which one is the thinnest?', 'SELECT title FROM book ORDER BY pages LIMIT 1'],
  ['Count members by city.', 'SELECT city, count(*) FROM member GROUP BY city'],
  ['Count titles by genre.', 'SELECT genre, count(*) FROM book GROUP BY genre'],
  ['Which members are older than 60?', 'SELECT name FROM member WHERE age > 60 ORDER BY name'],
  ['Who is younger than 20?', 'SELECT name FROM member WHERE age < 20 ORDER BY name'],
  ['Name the oldest member.', 'SELECT name FROM member ORDER BY age DESC LIMIT 1'],
  ['Name the youngest one.', 'SELECT name FROM member ORDER BY age LIMIT 1'],
  ['Which cities do members come from?', 'SELECT DISTINCT city FROM member ORDER BY city'],
  ['Which genres do we have?', 'SELECT DISTINCT genre FROM book ORDER BY genre'],
  ['How many cities?', 'SELECT count(DISTINCT city) FROM member'],
  ['How many kinds of books?', 'SELECT count(DISTINCT genre) FROM book'],
  ['Show every loan above four weeks less a day.', 'SELECT loan_id FROM loan WHERE days > 27'],
  ['Which loans took one day only?', 'SELECT loan_id FROM loan WHERE days = 1'],
  ['Mean thickness for each genre, please.', 'SELECT genre, avg(pages) FROM book GROUP BY genre'],
  ['Highest age in every city?', 'SELECT city, max(age) FROM member GROUP BY city'],
  [
    'Who borrowed most often?',
    'SELECT member_id FROM loan GROUP BY member_id ORDER BY count(*) DESC LIMIT 1',
  ],
  ['How many borrowers are there?', 'SELECT count(DISTINCT member_id) FROM loan'],
  ['Total of days lent?', 'SELECT sum(days) FROM loan'],
];

export function questions() {
  return pairs.map(([question, query]) => ({ db_id: database, question, query }));
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
