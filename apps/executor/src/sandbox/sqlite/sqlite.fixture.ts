import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const tables = `
  CREATE TABLE customers(id INTEGER PRIMARY KEY, name TEXT, email TEXT, country TEXT);
  CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INT, status TEXT, total DECIMAL(10,2), created_at DATE);
  CREATE TABLE order_items(id INTEGER PRIMARY KEY, order_id INT, product_id INT);
  CREATE TABLE products(id INTEGER PRIMARY KEY, title TEXT);
  CREATE TABLE audit_log("update" TEXT, "delete" TEXT, "select" TEXT, "drop table" TEXT, "a;b" TEXT);
  CREATE TABLE secrets(k TEXT, v TEXT);
  CREATE VIEW order_totals AS SELECT status, sum(total) AS total FROM orders GROUP BY status;
  CREATE VIEW safe_secrets AS SELECT k FROM secrets;
  CREATE VIEW deeper_secrets AS SELECT k FROM safe_secrets;
  INSERT INTO customers VALUES (1, 'Ada', 'ada@example.org', 'AT'), (2, 'Bob', NULL, 'DE');
  INSERT INTO orders VALUES (1, 1, 'paid', 9.5, '2024-01-01'), (2, 1, 'open', 3, '2024-02-01'), (3, 2, 'paid', 4, '2024-02-03');
  INSERT INTO products VALUES (1, 'lamp');
  INSERT INTO secrets VALUES ('key', 'canary');
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    INSERT INTO order_items SELECT i, i % 3 + 1, 1 FROM n;`;

export const grantedTables = ['customers', 'orders', 'order_items', 'products', 'audit_log'];

export interface SqliteFixture {
  folder: string;
  file: string;
  remove(): void;
}

/** A small shop with a table that no one is granted. */
export function makeShop(more = ''): SqliteFixture {
  const folder = mkdtempSync(join(tmpdir(), 'nano-shop-'));
  const file = join(folder, 'shop.sqlite');
  const database = new DatabaseSync(file);
  database.exec(tables + more);
  database.close();
  return { folder, file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
