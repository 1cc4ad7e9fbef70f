import { describe, expect, it } from '@jest/globals';
import type { ForeignKey, TableSnapshot } from '#shared/contracts/snapshot';
import { inferForeignKeys } from './inferred-keys.js';

/** Columns as `name type`; the first one is the primary key. `values` are those of the columns that have some. */
function table(
  name: string,
  columns: string[],
  more: Partial<TableSnapshot> = {},
  values: Record<string, string[]> = {},
): TableSnapshot {
  const parsed = columns.map((text) => {
    const [column = '', type = 'INTEGER'] = text.split(' ');
    return { name: column, type, nullable: true, ...(values[column] && { sampleValues: values[column] }) };
  });
  const primaryKey = parsed.slice(0, 1).map((column) => column.name);
  return { name, kind: 'table', columns: parsed, primaryKey, foreignKeys: [], ...more };
}

/** As `orders.customer_id = customers.id`. */
function inferred(...tables: TableSnapshot[]): string[] {
  return inferForeignKeys(tables).flatMap(({ name, foreignKeys }) =>
    foreignKeys
      .filter((key) => key.inferred)
      .map((key) => `${name}.${key.columns.join()} = ${key.referencedTable}.${key.referencedColumns.join()}`),
  );
}

const customers = table('customers', ['id', 'name TEXT', 'code TEXT'], { uniqueKeys: [['code']] });

describe('inferred foreign keys', () => {
  it.each([
    ['customer_id', 'customers.id'],
    ['customerId', 'customers.id'],
    ['CustomerID', 'customers.id'],
    ['customer', 'customers.id'],
    ['id_customer', 'customers.id'],
    ['customer_fk', 'customers.id'],
    ['customer_id_2', 'customers.id'],
    ['billing_customer_id', 'customers.id'],
    ['customer_code TEXT', 'customers.code'],
  ])('are found by the name of the table: %s', (column, target) => {
    const [name = ''] = column.split(' ');
    expect(inferred(customers, table('orders', ['id', column]))).toEqual([`orders.${name} = ${target}`]);
  });

  it.each([
    'customer_id TEXT',
    'customer TEXT',
    'customer_number',
    'customer_count',
    'customer_id_type',
    'id_type',
    'name TEXT',
    'code TEXT',
    'type',
    'status TEXT',
    'age_of_customer',
  ])('are not made up for %s', (column) => {
    const status = table('status', ['code TEXT', 'name TEXT']);
    expect(inferred(customers, status, table('orders', ['order_id', column]))).toEqual([]);
  });

  it('are found by the name of the key, also over prefixes and plurals of tables', () => {
    const account = table('tbl_ledger', ['account_code VARCHAR(10)', 'title TEXT']);
    const postings = table('postings', ['id', 'account_code char(10)', 'category_id']);
    const categories = table('dim_categories', ['id', 'name TEXT']);
    expect(inferred(account, postings, categories)).toEqual([
      'postings.account_code = tbl_ledger.account_code',
      'postings.category_id = dim_categories.id',
    ]);
  });

  it('leave declared keys alone and say which are inferred', () => {
    const declared: ForeignKey = {
      columns: ['customer_id'],
      referencedTable: 'people',
      referencedColumns: ['id'],
    };
    const orders = table('orders', ['id', 'customer_id', 'shop_id'], { foreignKeys: [declared] });
    const [, , after] = inferForeignKeys([customers, table('shop', ['id']), orders]);
    expect(after?.foreignKeys).toEqual([
      declared,
      { columns: ['shop_id'], referencedTable: 'shop', referencedColumns: ['id'], inferred: true },
    ]);
  });

  it('are none where two tables may be meant, unless one is nearer', () => {
    const [one, two] = [table('eu.customers', ['id']), table('us.customers', ['id'])];
    expect(inferred(one, two, table('orders', ['id', 'customer_id']))).toEqual([]);
    expect(inferred(one, two, table('us.orders', ['id', 'customer_id']))).toEqual([
      'us.orders.customer_id = us.customers.id',
    ]);
    const twins = [table('a', ['account_code TEXT']), table('b', ['account_code TEXT'])];
    expect(inferred(...twins, table('c', ['id', 'account_code TEXT']))).toEqual([]);
  });

  it('lead from a part of a table to the table that is called like the key', () => {
    const people = table('person', ['person_id', 'name TEXT']);
    expect(inferred(people, table('person_details', ['person_id', 'born DATE']))).toEqual([
      'person_details.person_id = person.person_id',
    ]);
  });

  it('lead from a table to itself only in a role', () => {
    const staff = table('staff', ['staff_id', 'manager_staff_id', 'staff TEXT']);
    expect(inferred(staff)).toEqual(['staff.manager_staff_id = staff.staff_id']);
  });

  it('need values of both sides to agree where there are some', () => {
    const currencies = (values: string[]) => table('currencies', ['code TEXT'], {}, { code: values });
    const prices = (values: string[]) => table('prices', ['id', 'currency TEXT'], {}, { currency: values });
    const key = ['prices.currency = currencies.code'];
    expect(inferred(currencies(['EUR', 'USD', 'CHF']), prices(['EUR', 'USD']))).toEqual(key);
    expect(inferred(currencies(['EUR', 'USD', 'CHF']), prices(['Euro', 'Dollar', 'EUR']))).toEqual([]);
    expect(inferred(currencies([]), prices(['EUR']))).toEqual([]);
    const many = Array.from({ length: 100 }, (_, index) => `A-${index}`);
    const parts = table('parts', ['part_no TEXT'], {}, { part_no: many });
    const used = (values: string[]) => table('used', ['id', 'part_no TEXT'], {}, { part_no: values });
    expect(inferred(parts, used(['A-4711']))).toEqual(['used.part_no = parts.part_no']);
    expect(inferred(parts, used(['none', 'A 1']))).toEqual([]);
  });

  it('take a moment for ten thousand tables', () => {
    const tables = Array.from({ length: 10_000 }, (_, index) =>
      table(`table_${index % 7}_of_${index}`, [
        'id',
        ...Array.from(
          { length: 12 },
          (_, column) => `table_${column % 7}_of_${(index * 31 + column * 977) % 10_000}_id`,
        ),
        'company_id',
        'status TEXT',
      ]),
    );
    const started = process.cpuUsage();
    const found = inferred(...tables, table('companies', ['id']));
    // Of the processor: others may have it meanwhile.
    expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
    expect(found.length).toBeGreaterThan(10_000);
  });
});
