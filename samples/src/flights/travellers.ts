import { dayOf, firstDay, isoDate } from '../generate/dates.js';
import { personNames } from '../generate/names.js';
import { at, money, Random } from '../generate/random.js';
import type { Route } from './network.js';
import type { Flight } from './schedule.js';

const passengerCount = 900;
const bookingCount = 4_200;
const nations = 'DE GB FR NL ES US CH PT IE JP IT SE SG IN BR AU CA'.split(' ');

export function makePassengers() {
  const random = new Random('flights/passengers');
  return personNames(random, passengerCount).map((name, index) => ({
    id: index + 1,
    name: `${name.first} ${name.last}`,
    country_code: random.pickSkewed(nations),
    birth_date: random.chance(0.06) ? null : isoDate(firstDay - Math.floor(random.bell(16, 82) * 365.25)),
    loyalty_tier: random.chance(0.74) ? null : random.pickWeighted({ silver: 60, gold: 30, platinum: 10 }),
  }));
}

/** Every passenger but the last twenty has booked; a few fly all the time. */
export function makeBookings(flights: readonly Flight[], routes: readonly Route[]) {
  const random = new Random('flights/bookings');
  const passengers = random.sample(
    Array.from({ length: passengerCount - 20 }, (_, index) => index + 1),
    passengerCount,
  );
  const pairs = new Map<string, { flight: Flight; passenger_id: number }>();
  while (pairs.size < bookingCount) {
    const flight = random.pick(flights);
    const passenger_id = random.pickSkewed(passengers);
    pairs.set(`${flight.id} ${passenger_id}`, { flight, passenger_id });
  }
  const ordered = [...pairs.values()].sort(
    (a, b) => a.flight.id - b.flight.id || a.passenger_id - b.passenger_id,
  );
  return ordered.map(({ flight, passenger_id }, index) => {
    const cabin = random.pickWeighted({ economy: 76, premium: 11, business: 11, first: 2 });
    const { distance_km } = at(routes, flight.route_id - 1);
    const departs = dayOf(flight.flight_date);
    return {
      id: index + 1,
      flight_id: flight.id,
      passenger_id,
      booking_date: isoDate(departs - Math.floor(random.next() * random.next() * 180) - 1),
      cabin,
      price: money((35 + distance_km * random.bell(0.04, 0.1)) * cabinFactor[cabin]),
      seat: flight.status === 'cancelled' || random.chance(0.03) ? null : seat(random),
    };
  });
}

const cabinFactor = { economy: 1, premium: 1.7, business: 3.4, first: 5.8 };

function seat(random: Random): string {
  return `${random.int(1, 38)}${random.pick(['A', 'B', 'C', 'D', 'E', 'F'])}`;
}
