import { firstDay, isoDate, isoMinute, lastDay } from '../generate/dates.js';
import { Random } from '../generate/random.js';
import { planesFor, type Aircraft, type Route } from './network.js';

const flightCount = 2_800;
const cruiseKmPerMinute = 13.6;

export type Flight = ReturnType<typeof makeFlights>[number];

/** In order of date. Winter months are late more often. */
export function makeFlights(routes: readonly Route[], aircraft: readonly Aircraft[]) {
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
