import { dayOf, firstDay, isoDate, lastDay } from '../generate/dates.js';
import { at, money, Random } from '../generate/random.js';
import { reviewTitles } from './assortment.js';
import type { Customer } from './customers.js';
import type { Product } from './products.js';

const orderCount = 2_600;

export type Order = ReturnType<typeof makeOrders>[number];
export type OrderItem = ReturnType<typeof makeOrderItems>[number];

/** In order of date, as ids in a real shop grow. About one customer in ten never orders. */
export function makeOrders(customers: readonly Customer[]) {
  const random = new Random('shop/orders');
  const buyers = random.sample(customers, Math.floor(customers.length * 0.9));
  const drafts = Array.from({ length: orderCount }, () => {
    const customer = random.pickSkewed(buyers);
    const from = Math.max(firstDay, dayOf(customer.signup_date));
    return { customer, day: from + Math.floor(random.next() * (lastDay - from + 1)) };
  }).sort((a, b) => a.day - b.day || a.customer.id - b.customer.id);
  return drafts.map(({ customer, day }, index) => {
    const status = statusOn(day, random);
    const sent = status === 'shipped' || status === 'delivered';
    return {
      id: index + 1,
      customer_id: customer.id,
      order_date: isoDate(day),
      status,
      channel: random.pickWeighted({ web: 55, app: 28, store: 12, phone: 5 }),
      shipping_cost: random.chance(0.35) ? 0 : random.pick([3.9, 4.9, 4.9, 6.9, 12.5]),
      shipped_date: sent ? isoDate(day + random.int(0, 4)) : null,
    };
  });
}

function statusOn(day: number, random: Random) {
  const age = lastDay - day;
  if (random.chance(0.06)) return 'cancelled';
  if (age > 21) return 'delivered';
  return age > 6 ? 'shipped' : 'processing';
}

export function makeOrderItems(orders: readonly Order[], products: readonly Product[]) {
  const random = new Random('shop/order_items');
  // The last six products have never been ordered.
  const ranked = random.sample(products.slice(0, -6), products.length);
  const items = orders.flatMap((order) => {
    const chosen = new Set(Array.from({ length: random.int(1, 4) }, () => random.pickSkewed(ranked)));
    return [...chosen].map((product) => ({ order, product }));
  });
  return items.map(({ order, product }, index) => ({
    id: index + 1,
    order_id: order.id,
    product_id: product.id,
    quantity: 1 + Math.floor(random.next() * random.next() * random.next() * 7),
    // Prices rose by some percent a year.
    unit_price: money(product.price * (0.92 + 0.04 * (Number(order.order_date.slice(0, 4)) - 2023))),
    discount: Number(random.pickWeighted({ 0: 80, 0.05: 8, 0.1: 8, 0.2: 4 })),
  }));
}

export function makePayments(orders: readonly Order[], items: readonly OrderItem[]) {
  const random = new Random('shop/payments');
  const totals = new Map<number, number>();
  for (const item of items) {
    const value = item.quantity * item.unit_price * (1 - item.discount);
    totals.set(item.order_id, (totals.get(item.order_id) ?? 0) + value);
  }
  const paid = orders.filter((order) => order.status !== 'cancelled' && order.status !== 'processing');
  const parts = paid.flatMap((order) => {
    const total = money((totals.get(order.id) ?? 0) + order.shipping_cost);
    const method = random.pickWeighted({
      card: 48,
      paypal: 26,
      'bank transfer': 12,
      invoice: 10,
      'gift card': 4,
    });
    if (method !== 'gift card' || total < 40)
      return [{ order, method, amount: total, later: random.int(0, 3) }];
    return [
      { order, method, amount: 40, later: 0 },
      { order, method: 'card' as const, amount: money(total - 40), later: 0 },
    ];
  });
  return parts.map(({ order, method, amount, later }, index) => ({
    id: index + 1,
    order_id: order.id,
    payment_date: isoDate(dayOf(order.order_date) + (method === 'invoice' ? 14 + later * 5 : later)),
    method,
    amount,
  }));
}

export function makeReturns(orders: readonly Order[], items: readonly OrderItem[]) {
  const random = new Random('shop/returns');
  const sentBack = items.flatMap((item) => {
    const order = at(orders, item.order_id - 1);
    const likely = item.product_id % 7 === 0 ? 0.14 : 0.055;
    return order.status === 'delivered' && random.chance(likely) ? [{ item, order }] : [];
  });
  return sentBack.map(({ item, order }, index) => {
    const quantity = random.int(1, item.quantity);
    return {
      id: index + 1,
      order_item_id: item.id,
      return_date: isoDate(Math.min(dayOf(order.order_date) + random.int(5, 32), lastDay)),
      quantity,
      reason: random.chance(0.08)
        ? null
        : random.pickWeighted({
            'changed mind': 34,
            damaged: 26,
            'not as described': 18,
            'arrived late': 12,
            'wrong item': 10,
          }),
      refund: money(quantity * item.unit_price * (1 - item.discount)),
    };
  });
}

/** Customers review what was delivered to them. */
export function makeReviews(orders: readonly Order[], items: readonly OrderItem[]) {
  const random = new Random('shop/reviews');
  const reviewed = items.flatMap((item) => {
    const order = at(orders, item.order_id - 1);
    return order.status === 'delivered' && random.chance(0.22) ? [{ item, order }] : [];
  });
  return reviewed.map(({ item, order }, index) => {
    const disappointing = item.product_id % 7 === 0;
    const stars = disappointing
      ? random.pickWeighted({ '5': 12, '4': 18, '3': 24, '2': 22, '1': 24 })
      : random.pickWeighted({ '5': 46, '4': 29, '3': 13, '2': 7, '1': 5 });
    return {
      id: index + 1,
      product_id: item.product_id,
      customer_id: order.customer_id,
      rating: Number(stars),
      title: random.chance(0.3) ? null : random.pick(at(reviewTitles, Number(stars) - 1)),
      review_date: isoDate(Math.min(dayOf(order.order_date) + random.int(5, 40), lastDay)),
    };
  });
}
