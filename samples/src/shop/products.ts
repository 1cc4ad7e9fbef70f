import { firstDay, isoDate } from '../generate/dates.js';
import { at, money, Random } from '../generate/random.js';
import * as source from './assortment.js';

export type Product = ReturnType<typeof makeProducts>[number];

export function makeCategories() {
  const top = Object.keys(source.assortment).map((name, index) => ({
    id: index + 1,
    name,
    parent_id: null as number | null,
  }));
  const below = top.flatMap((parent) =>
    Object.keys(source.assortment[parent.name] ?? {}).map((name) => ({ name, parent_id: parent.id })),
  );
  return [...top, ...below.map((category, index) => ({ id: top.length + index + 1, ...category }))];
}

export function makeSuppliers() {
  const random = new Random('shop/suppliers');
  return source.suppliers.map(([name, country], index) => ({
    id: index + 1,
    name,
    country,
    contact_email: random.chance(0.2) ? null : `orders@supplier${index + 1}.example`,
    lead_time_days: random.int(3, 35),
  }));
}

export function makeProducts(categories: ReturnType<typeof makeCategories>) {
  const random = new Random('shop/products');
  const articles = Object.values(source.assortment).flatMap((group) =>
    Object.entries(group).flatMap(([category, prices]) =>
      Object.entries(prices).flatMap(([article, price]) =>
        source.variants.map(([variant, factor]) => ({
          category,
          article: `${variant} ${article}`,
          price: price * factor,
        })),
      ),
    ),
  );
  return articles.map(({ category, article, price }, index) => {
    const listPrice = Math.max(1, Math.round(price * 2) / 2 - 0.05);
    return {
      id: index + 1,
      name: article,
      category_id: at(
        categories,
        categories.findIndex((row) => row.name === category),
      ).id,
      supplier_id: 1 + Math.floor(random.next() * source.activeSuppliers),
      price: money(listPrice),
      cost: money(listPrice * random.bell(0.35, 0.75)),
      stock: random.chance(0.07) ? 0 : Math.floor(random.next() * random.next() * 400) + 1,
      weight_grams: random.chance(0.1) ? null : random.int(4, 300) * 10,
      launch_date: isoDate(firstDay - 400 + random.int(0, 380)),
      discontinued: random.chance(0.08) ? 1 : 0,
    };
  });
}
