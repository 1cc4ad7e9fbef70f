import { Client } from 'pg';

/** The shop of the SQLite fixture, with what a PostgreSQL server adds: another schema, foreign functions, a role that reads. */
const shop = `
  CREATE TABLE customers(id int PRIMARY KEY, name text, email text, country text);
  CREATE TABLE orders(id int PRIMARY KEY, customer_id int, status text, total numeric(10,2), created_at timestamptz);
  CREATE TABLE order_items(id int PRIMARY KEY, order_id int, product_id int);
  CREATE TABLE products(id int PRIMARY KEY, title text);
  CREATE TABLE audit_log("update" text, "delete" text, "select" text, "drop table" text, "a;b" text);
  CREATE TABLE secrets(k text, v text);
  CREATE VIEW order_totals AS SELECT status, sum(total) AS total FROM orders GROUP BY status;
  CREATE VIEW safe_secrets AS SELECT k FROM secrets;
  CREATE VIEW contacts AS SELECT id, email FROM customers;
  CREATE VIEW everybody AS TABLE customers;
  CREATE TABLE customers_of_at() INHERITS (customers);
  CREATE SCHEMA tenant_b;
  CREATE TABLE tenant_b.orders(id int);
  CREATE TYPE mood AS ENUM ('sad', 'glad');
  INSERT INTO customers VALUES (1, 'Ada', 'ada@example.org', 'AT'), (2, 'Bob', NULL, 'DE');
  INSERT INTO orders VALUES (1, 1, 'paid', 9.5, '2024-01-01'), (2, 1, 'open', 3, '2024-02-01'), (3, 2, 'paid', 4, '2024-02-03');
  INSERT INTO products VALUES (1, 'lamp');
  INSERT INTO secrets VALUES ('key', 'canary');
  INSERT INTO order_items SELECT i, i % 3 + 1, 1 FROM generate_series(1, 2000) i;
  CREATE FUNCTION orders_definer_fn() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT v FROM secrets';
  CREATE FUNCTION full_secret(customers) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT v FROM secrets';
  CREATE FUNCTION same(int, int) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS 'SELECT true FROM secrets';
  CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, FUNCTION = same);
  CREATE DOMAIN checked AS int CHECK (same(VALUE, 1));
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE ROLE reader LOGIN PASSWORD 'reader' NOSUPERUSER NOINHERIT;
  GRANT SELECT ON customers, orders, order_items, products, audit_log, order_totals, safe_secrets TO reader;`;

export const grantedTables = ['customers', 'orders', 'order_items', 'products', 'audit_log'];

export interface PostgresShop {
  /** Of a role that may read the granted tables. */
  readerUrl: string;
  /** Of the superuser, whom nothing but the guard and the transaction stops. */
  superuserUrl: string;
}

export async function makePostgresShop(url: string): Promise<PostgresShop> {
  const maker = new Client({ connectionString: url });
  await maker.connect();
  await maker.query('CREATE DATABASE shop');
  await maker.end();
  const superuser = new URL(url);
  superuser.pathname = '/shop';
  const client = new Client({ connectionString: superuser.href });
  await client.connect();
  await client.query(shop);
  await client.end();
  const reader = new URL(superuser);
  reader.username = 'reader';
  reader.password = 'reader';
  return { readerUrl: reader.href, superuserUrl: superuser.href };
}
