import type { Row } from '../generate/sample-database.js';
import { cities as citySource } from './assortment.js';
import { makeCustomers } from './customers.js';
import { makeCategories, makeProducts, makeSuppliers } from './products.js';
import { makeOrderItems, makeOrders, makePayments, makeReturns, makeReviews } from './sales.js';

export function shopTables(): Record<string, readonly Row[]> {
  const cities = citySource.map(([name, country, population], index) => ({
    id: index + 1,
    name,
    country,
    population,
  }));
  const customers = makeCustomers();
  const categories = makeCategories();
  const suppliers = makeSuppliers();
  const products = makeProducts(categories);
  const orders = makeOrders(customers);
  const orderItems = makeOrderItems(orders, products);
  return {
    cities,
    customers,
    categories,
    suppliers,
    products,
    orders,
    order_items: orderItems,
    payments: makePayments(orders, orderItems),
    returns: makeReturns(orders, orderItems),
    reviews: makeReviews(orders, orderItems),
  };
}
