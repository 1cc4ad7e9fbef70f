import { firstDay, isoDate } from '../generate/dates.js';
import { emailOf, personNames } from '../generate/names.js';
import { Random } from '../generate/random.js';
import { cities, streets } from './assortment.js';

const customerCount = 640;

export type Customer = ReturnType<typeof makeCustomers>[number];

export function makeCustomers() {
  const random = new Random('shop/customers');
  const domains = ['example.com', 'example.org', 'example.net', 'mail.example.com'];
  return personNames(random, customerCount).map((name, index) => ({
    id: index + 1,
    name: `${name.first} ${name.last}`,
    email: emailOf(name, random.pick(domains)),
    phone: random.chance(0.12) ? null : `+49 30 55501${String(index).padStart(3, '0')}`,
    street: `${random.pick(streets)} ${random.int(1, 140)}`,
    // The last city has no customers.
    city_id: 1 + cities.indexOf(random.pickSkewed(cities.slice(0, -1))),
    segment: random.pickWeighted({ consumer: 78, business: 17, wholesale: 5 }),
    signup_date: isoDate(firstDay - 600 + Math.floor((index / customerCount) * 1600) + random.int(0, 60)),
    newsletter: random.chance(0.42) ? 1 : 0,
  }));
}
