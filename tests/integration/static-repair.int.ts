import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { accessPolicySchema, type Connection } from '#shared/contracts/datasource';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { Metrics } from '#shared/telemetry/metrics';
import { Repairer } from '../../apps/generator/src/repair/repairer.js';
import { introspect } from '../../apps/retriever/src/introspection/introspector.js';
import { createEmptyDatabase, type EmptyDatabase, onDatabase } from '../support/database.js';
import { testServers } from '../support/servers.js';

/** What runs on the engine: repair must leave it as it is. */
const rightOnPostgres = [
  'SELECT total::numeric amount FROM orders ORDER BY amount',
  'SELECT total::double precision d FROM orders ORDER BY d',
  'SELECT placed_at::timestamp(0) with time zone t FROM orders ORDER BY t',
  "SELECT name, id / 2 FROM customers WHERE city = ANY(ARRAY['Rome','Paris'])",
  'SELECT tags[1], (addr).street FROM customers',
  'SELECT CURRENT_USER, session_user',
  String.raw`SELECT name FROM customers WHERE name = E'it\'s' OR name = $$a$$`,
  "SELECT data->>'a', data #>> '{a}', data ? 'a' FROM customers",
  'SELECT c.* FROM customers c, LATERAL (SELECT * FROM orders o WHERE o.customer_id = c.id LIMIT 1) x',
  'SELECT t.x FROM customers, unnest(tags) AS t(x)',
  'SELECT e.key FROM customers c, jsonb_each(c.data) e',
  'SELECT v.a FROM (VALUES (1),(2)) AS v(a)',
  'SELECT rank() OVER w FROM orders WINDOW w AS (PARTITION BY status ORDER BY total)',
  "SELECT sum(total) FILTER (WHERE status = 'open') AS s, percentile_cont(0.5) WITHIN GROUP (ORDER BY total) FROM orders",
  'SELECT DISTINCT ON (customer_id) customer_id, total FROM orders ORDER BY customer_id, total DESC',
  'SELECT status, count(*) FROM orders GROUP BY GROUPING SETS ((status), ())',
  "SELECT EXTRACT(YEAR FROM placed_at) y, DATE_TRUNC('month', placed_at) m FROM orders GROUP BY y, m",
  "SELECT placed_at AT TIME ZONE 'UTC' AS t FROM orders WHERE placed_at > now() - interval '1 year' * 2 ORDER BY t",
  "SELECT SUBSTRING(name FROM 1 FOR 2), POSITION('a' IN name), TRIM(BOTH ' ' FROM name) FROM customers",
  'SELECT i.paid FROM sales.invoice i JOIN orders o ON o.id = i.order_id',
  'SELECT sales.invoice.paid, invoice.id FROM sales.invoice',
  'SELECT "Title" FROM "Album" a JOIN "Artist" b USING ("ArtistId") ORDER BY "ArtistId", "order"',
  'SELECT a."order" FROM public."Album" a',
  'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t',
  'SELECT count, city FROM (SELECT city, count(*) FROM customers GROUP BY city) s',
  "SELECT c, row_to_json(c), to_jsonb(c)->>'name' FROM customers c",
  'SELECT (SELECT max(total) FROM orders WHERE customer_id = customers.id) m FROM customers ORDER BY m',
  "SELECT string_agg(name, ', ' ORDER BY id), array(SELECT id FROM orders) FROM customers",
  'SELECT id FROM orders WHERE (id, customer_id) IN (SELECT id, customer_id FROM orders)',
  "SELECT name FROM customers WHERE name SIMILAR TO 'A%' OR name ~* 'ann' OR name ILIKE 'a%' ESCAPE '!'",
  'SELECT * FROM (orders o JOIN customers c ON c.id = o.customer_id) LEFT JOIN sales.invoice i ON i.order_id = o.id',
  '(SELECT id FROM orders ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM customers) ORDER BY id',
  'SELECT NAME, Customers.City AS "Home Town" FROM CUSTOMERS ORDER BY "Home Town"',
  'SELECT make_interval(days => 3), ctid FROM orders',
  'SELECT table_name FROM information_schema.tables LIMIT 1',
  'SELECT a FROM jsonb_to_recordset(\'[{"a":1}]\') AS x(a int)',
  'SELECT CAST(total AS double precision) d, name COLLATE "C" FROM orders, customers ORDER BY d',
];
/** What fails there, and what it was meant to be. */
const wrongOnPostgres: [string, string][] = [
  ['SELECT Title FROM Album', 'SELECT "Title" FROM "Album"'],
  [
    'SELECT a.Title, b.Name FROM Album a JOIN Artist b ON a.ArtistId = b.ArtistId',
    'SELECT a."Title", b."Name" FROM "Album" a JOIN "Artist" b ON a."ArtistId" = b."ArtistId"',
  ],
  ['SELECT "title" FROM "album"', 'SELECT "Title" FROM "Album"'],
  [
    'SELECT a.AlbumId FROM "Album" AS a WHERE a.Titel = \'x\'',
    'SELECT a."AlbumId" FROM "Album" AS a WHERE a."Title" = \'x\'',
  ],
  ['SELECT Customers.nmae FROM Customers', 'SELECT Customers.name FROM Customers'],
  ['SELECT name FROM costumers', 'SELECT name FROM customers'],
  [
    'SELECT c.total FROM customers c JOIN orders o ON o.customer_id = c.id',
    'SELECT o.total FROM customers c JOIN orders o ON o.customer_id = c.id',
  ],
  [
    'SELECT name FROM customers WHERE city IN ("Rome", "New York") AND name LIKE "A%"',
    "SELECT name FROM customers WHERE city IN ('Rome', 'New York') AND name LIKE 'A%'",
  ],
  ['SELECT `name` FROM `customers` LIMIT 0, 5', 'SELECT "name" FROM "customers" LIMIT 5 OFFSET 0'],
  ['SELECT TOP 5 name FROM customers', 'SELECT name FROM customers LIMIT 5'],
  ['SELECT status FROM orders WHERE placedAt > now()', 'SELECT status FROM orders WHERE placed_at > now()'],
  [
    'SELECT id, name FROM customers JOIN orders ON customers.id = orders.customer_id',
    'SELECT orders.id, name FROM customers JOIN orders ON customers.id = orders.customer_id',
  ],
  ['SELECT invoice.paid FROM invoice', 'SELECT invoice.paid FROM sales.invoice'],
];
const rightOnMysql = [
  'SELECT `Name` FROM `Customers` WHERE Name = "Ann" OR city IN ("Rome", \'x\')',
  'SELECT c.NAME FROM Customers c',
  'SELECT count(*) AS \'n\', status "s" FROM orders GROUP BY s HAVING n > 0 ORDER BY n',
  "SELECT count(*) 'how many' FROM orders ORDER BY `how many`",
  "SELECT GROUP_CONCAT(DISTINCT Name ORDER BY Name DESC SEPARATOR ', ') FROM Customers",
  'SELECT DATE_ADD(placed_at, INTERVAL 1 DAY), DATE_SUB(NOW(), INTERVAL amount MONTH), placed_at + INTERVAL id DAY FROM orders',
  'SELECT CAST(total AS SIGNED) t, CONVERT(total, CHAR), CAST(total AS UNSIGNED INTEGER) FROM orders ORDER BY t',
  'SELECT CONVERT(Name USING utf8mb4), CHAR(65 USING utf8mb4) FROM Customers',
  "SELECT Name FROM Customers WHERE MATCH (Name) AGAINST ('+Ann' IN BOOLEAN MODE)",
  'SELECT id FROM orders LIMIT 1, 2',
  'SELECT SQL_NO_CACHE STRAIGHT_JOIN o.id FROM orders o JOIN Customers c ON c.id = o.customer_id',
  'SELECT id FROM orders o FORCE INDEX (PRIMARY) WHERE o.id = 1',
  "SELECT _utf8mb4'x', N'x', X'41', 0x41, b'1'",
  "SELECT Name FROM Customers WHERE Name REGEXP '^A' OR NOT Name <=> NULL",
  'SELECT status, count(*) FROM orders GROUP BY status WITH ROLLUP',
  'SELECT DISTINCTROW status FROM orders',
  'SELECT 1 FROM DUAL',
  'SELECT TIMESTAMPDIFF(YEAR, born, CURDATE()) age, EXTRACT(YEAR_MONTH FROM born) FROM Customers ORDER BY age',
  'SELECT repaired_shop.orders.id FROM repaired_shop.orders',
  "SELECT CURRENT_USER, UTC_DATE, LOCALTIME, 7 DIV 2, 7 MOD 2, BINARY 'a' = 'A'",
  'SELECT o.order FROM orders o ORDER BY `order`',
  "SELECT it.a FROM JSON_TABLE('[1,2]', '$[*]' COLUMNS (a INT PATH '$')) AS it",
  "SELECT IF(total > 5, 'big', 'small') size, COUNT(*) FROM orders GROUP BY size",
  'SELECT sum(total) OVER w FROM orders WINDOW w AS (PARTITION BY status)',
  String.raw`SELECT 'it\'s', Name FROM Customers`,
  String.raw`SELECT id FROM orders WHERE status LIKE 'a\_%' LOCK IN SHARE MODE`,
  'SELECT id FROM orders EXCEPT SELECT id FROM Customers ORDER BY id',
];
const wrongOnMysql: [string, string][] = [
  ['SELECT Name FROM customers', 'SELECT Name FROM Customers'],
  ['SELECT C.Name FROM Customers c', 'SELECT c.Name FROM Customers c'],
  ['SELECT o.customerId FROM Orders o', 'SELECT o.customer_id FROM orders o'],
  ['SELECT c.Naem FROM Customers c', 'SELECT c.Name FROM Customers c'],
  ['SELECT o.order FROM ordrs o', 'SELECT o.order FROM orders o'],
  [
    'SELECT c.total FROM Customers c JOIN orders o ON o.customer_id = c.id',
    'SELECT o.total FROM Customers c JOIN orders o ON o.customer_id = c.id',
  ],
  [
    'SELECT city FROM orders',
    'SELECT Customers.city FROM orders JOIN Customers ON orders.customer_id = Customers.id',
  ],
  [
    'SELECT id, Name FROM Customers JOIN orders ON Customers.id = orders.customer_id',
    'SELECT orders.id, Name FROM Customers JOIN orders ON Customers.id = orders.customer_id',
  ],
];

const postgresSchema = `
  create schema sales;
  create type address as (street text, city text);
  create table customers (id int primary key, name text, city text, tags text[], data jsonb, addr address);
  create table orders (id int primary key, customer_id int references customers (id), total numeric, status text,
    placed_at timestamptz, amounts int);
  create table sales.invoice (id int primary key, order_id int references orders (id), paid boolean);
  create table "Artist" ("ArtistId" int primary key, "Name" text);
  create table "Album" ("AlbumId" int primary key, "Title" text, "ArtistId" int references "Artist" ("ArtistId"), "order" int);`;
const mysqlSchema = `
  drop database if exists repaired_shop; create database repaired_shop; use repaired_shop;
  create table Customers (id int primary key, Name varchar(50), city varchar(20), born date, fulltext key (Name));
  create table orders (id int primary key, customer_id int, total decimal(8, 2), status varchar(10), placed_at datetime,
    \`order\` int, amount int, foreign key (customer_id) references Customers (id));`;

type Run = (sql: string) => Promise<unknown>;

const repairer = new Repairer(new Metrics());
afterAll(() => repairer.onApplicationShutdown());

const snapshotOf = (connection: Connection) => introspect(connection, accessPolicySchema.parse({}));

async function repaired(sql: string, snapshot: SchemaSnapshot) {
  const [candidate] = await repairer.repairAll([{ sql, outcome: 'proposed' }], snapshot);
  return { sql: candidate?.sql, isRecorded: (candidate?.repairs?.length ?? 0) > 0 };
}

function repairs(server: { run: Run; snapshot: SchemaSnapshot }, right: string[], wrong: [string, string][]) {
  it.each(right)('leaves alone %s', async (sql) => {
    await server.run(sql);
    expect(await repaired(sql, server.snapshot)).toEqual({ sql, isRecorded: false });
  });

  it.each(wrong)('mends %s', async (sql, meant) => {
    await expect(server.run(sql)).rejects.toThrow();
    expect(await repaired(sql, server.snapshot)).toEqual({ sql: meant, isRecorded: true });
    await server.run(meant);
  });
}

describe('static repair for a live PostgreSQL', () => {
  const server = {} as { run: Run; snapshot: SchemaSnapshot };
  let database: EmptyDatabase;
  beforeAll(async () => {
    database = await createEmptyDatabase(testServers().postgresUrl);
    server.run = (sql) => onDatabase(database.url, (client) => client.query(sql));
    await server.run(postgresSchema);
    server.snapshot = await snapshotOf({ dialect: 'postgres', url: database.url });
  });
  afterAll(() => database.drop());

  repairs(server, rightOnPostgres, wrongOnPostgres);
});

describe('static repair for a live MariaDB', () => {
  const server = {} as { run: Run; snapshot: SchemaSnapshot };
  let close: () => Promise<void>;
  beforeAll(async () => {
    const url = new URL(testServers().mariadbUrl ?? '');
    const connection = await createConnection({ uri: url.href, multipleStatements: true });
    close = () => connection.end();
    server.run = (sql) => connection.query(sql);
    await server.run(mysqlSchema);
    url.pathname = '/repaired_shop';
    server.snapshot = await snapshotOf({ dialect: 'mysql', url: url.href });
  });
  afterAll(() => close());

  repairs(server, rightOnMysql, wrongOnMysql);
});
