import { createConnection } from 'mysql2/promise';

/** The shop of the SQLite fixture, with what a MySQL server adds: another database, functions, a user that reads. */
const shop = [
  'CREATE DATABASE shop CHARACTER SET utf8mb4',
  'CREATE DATABASE tenant_b',
  'CREATE TABLE tenant_b.secrets(k text, v text)',
  'USE shop',
  'CREATE TABLE customers(id int PRIMARY KEY, name varchar(100), email varchar(100), country char(2))',
  `CREATE TABLE orders(id int PRIMARY KEY, customer_id int COMMENT 'who bought', status varchar(20), total decimal(10,2), created_at datetime,
    FOREIGN KEY (customer_id) REFERENCES customers (id)) COMMENT 'what was sold'`,
  'CREATE TABLE order_items(id int PRIMARY KEY, order_id int, product_id int)',
  'CREATE TABLE products(id int PRIMARY KEY, title text)',
  'CREATE TABLE audit_log(`update` text, `delete` text, `select` text, `drop table` text, `a;b` text)',
  'CREATE TABLE secrets(k text, v text)',
  'CREATE VIEW order_totals AS SELECT status, sum(total) AS total FROM orders GROUP BY status',
  'CREATE VIEW contacts AS SELECT id, email FROM customers',
  'CREATE VIEW safe_secrets AS SELECT k FROM secrets',
  `INSERT INTO customers VALUES (1, 'Ada', 'ada@example.org', 'AT'), (2, 'Bob', NULL, 'DE')`,
  `INSERT INTO orders VALUES (1, 1, 'paid', 9.5, '2024-01-01'), (2, 1, 'open', 3, '2024-02-01'), (3, 2, 'paid', 4, '2024-02-03')`,
  `INSERT INTO products VALUES (1, 'lamp')`,
  `INSERT INTO secrets VALUES ('key', 'canary')`,
  'INSERT INTO order_items SELECT seq, seq % 3 + 1, 1 FROM seq_1_to_2000',
  'CREATE FUNCTION leak() RETURNS text READS SQL DATA RETURN (SELECT v FROM secrets LIMIT 1)',
  `CREATE USER reader@'%' IDENTIFIED BY 'reader'`,
  ...['customers', 'orders', 'order_items', 'products', 'audit_log', 'order_totals', 'safe_secrets'].map(
    (table) => `GRANT SELECT, SHOW VIEW ON shop.${table} TO reader@'%'`,
  ),
];

export const grantedTables = ['customers', 'orders', 'order_items', 'products', 'audit_log'];

export interface MysqlShop {
  /** Of a user who may read the granted tables. */
  readerUrl: string;
  /** Of the administrator, whom nothing but the guard and the transaction stops. */
  administratorUrl: string;
}

export async function makeMysqlShop(url: string): Promise<MysqlShop> {
  const administrator = new URL(url);
  const connection = await createConnection(administrator.href);
  for (const statement of shop) await connection.query(statement);
  await connection.end();
  administrator.pathname = '/shop';
  const reader = new URL(administrator);
  reader.username = 'reader';
  reader.password = 'reader';
  return { readerUrl: reader.href, administratorUrl: administrator.href };
}
