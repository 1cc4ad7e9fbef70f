import { firstDay, isoDate, isoMinute, lastDay } from '../generate/dates.js';
import { personNames } from '../generate/names.js';
import { at, money, Random } from '../generate/random.js';
import type { Row } from '../generate/sample-database.js';
import { makeAircraft, makeRoutes, planesFor, type Aircraft, type Route } from './network.js';
import * as world from './world.js';

const flightCount = 2_800;
const passengerCount = 900;
const bookingCount = 4_200;
const cruiseKmPerMinute = 13.6;

export function flightsTables(): Record<string, readonly Row[]> {
  const aircraft = makeAircraft();
  const routes = makeRoutes();
  const flights = makeFlights(routes, aircraft);
  const cities = makeCities();
  return {
    countries: world.countries.map(([code, name, continent]) => ({ code, name, continent })),
    cities,
    airports: world.airports.map(([code, name, city, , , latitude, longitude, elevation_m]) => ({
      code,
      name,
      city_id: 1 + cities.findIndex((row) => row.name === city),
      latitude,
      longitude,
      elevation_m,
    })),
    airlines: world.airlines.map(([code, name, country_code, alliance, founded]) => ({
      code,
      name,
      country_code,
      alliance,
      founded,
    })),
    aircraft_models: world.models.map(([name, manufacturer, seats, range_km], index) => ({
      id: index + 1,
      name,
      manufacturer,
      seats,
      range_km,
    })),
    aircraft,
    routes,
    flights,
    passengers: makePassengers(),
    bookings: makeBookings(flights, routes),
  };
}

type Flight = ReturnType<typeof makeFlights>[number];

function makeCities() {
  const names = [...new Set(world.airports.map(([, , city]) => city))];
  return names.map((name, index) => {
    const airport = at(
      world.airports,
      world.airports.findIndex(([, , city]) => city === name),
    );
    return { id: index + 1, name, country_code: airport[3], population: airport[4] };
  });
}

/** In order of date. Winter months are late more often. */
function makeFlights(routes: readonly Route[], aircraft: readonly Aircraft[]) {
  const random = new Random('flights/flights');
  const flown = routes
    .map((route) => ({ route, planes: planesFor(route, aircraft) }))
    .filter(({ planes }) => planes.length > 0);
  const days = Array.from({ length: flightCount }, () => random.int(firstDay, lastDay)).sort((a, b) => a - b);
  return days.map((day, index) => {
    const { route, planes } = random.pickSkewed(flown);
    const departure = random.int(66, 264) * 5;
    const duration = 30 + Math.round(route.distance_km / cruiseKmPerMinute / 5) * 5;
    const date = isoDate(day);
    const status = random.pickWeighted({ landed: 957, cancelled: 35, diverted: 8 });
    return {
      id: index + 1,
      flight_number: `${route.airline_code}${100 + route.id}`,
      route_id: route.id,
      aircraft_registration: random.pick(planes).registration,
      flight_date: date,
      departure_time: isoMinute(day, departure),
      arrival_time: isoMinute(day, departure + duration),
      status,
      delay_minutes: status === 'cancelled' ? null : delay(date, random),
    };
  });
}

function delay(date: string, random: Random): number {
  const winter = ['12', '01', '02'].includes(date.slice(5, 7));
  if (random.chance(winter ? 0.62 : 0.75)) return random.int(-14, 14);
  return 15 + Math.floor(random.next() * random.next() * 280);
}

function makePassengers() {
  const random = new Random('flights/passengers');
  const nations = [
    'DE',
    'GB',
    'FR',
    'NL',
    'ES',
    'US',
    'CH',
    'PT',
    'IE',
    'JP',
    'IT',
    'SE',
    'SG',
    'IN',
    'BR',
    'AU',
    'CA',
  ];
  return personNames(random, passengerCount).map((name, index) => ({
    id: index + 1,
    name: `${name.first} ${name.last}`,
    country_code: random.pickSkewed(nations),
    birth_date: random.chance(0.06) ? null : isoDate(firstDay - Math.floor(random.bell(16, 82) * 365.25)),
    loyalty_tier: random.chance(0.74) ? null : random.pickWeighted({ silver: 60, gold: 30, platinum: 10 }),
  }));
}

/** Every passenger but the last twenty has booked; a few fly all the time. */
function makeBookings(flights: readonly Flight[], routes: readonly Route[]) {
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
    const departs = Date.parse(`${flight.flight_date}T00:00:00Z`) / 86_400_000;
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
