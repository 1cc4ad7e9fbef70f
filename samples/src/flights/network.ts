import { firstDay, isoDate } from '../generate/dates.js';
import { at, Random } from '../generate/random.js';
import { airlines, airports, models } from './world.js';

const earthRadiusKm = 6_371;
const longHaulKm = 5_000;
const longestKm = 13_000;

export type Aircraft = ReturnType<typeof makeAircraft>[number];
export type Route = ReturnType<typeof makeRoutes>[number];

/** One plane in three is for long hauls. */
export function makeAircraft() {
  const random = new Random('flights/aircraft');
  return airlines.flatMap(([code, , , , , , planes]) =>
    Array.from({ length: planes }, (_, index) => {
      const longHaul = index % 3 === 0;
      const model = longHaul ? random.int(7, models.length) : random.int(1, 6);
      const delivered = random.int(firstDay - 4_500, firstDay - 20);
      return {
        registration: `${code}-${String.fromCharCode(65 + random.int(0, 25))}${String.fromCharCode(65 + random.int(0, 25))}${String.fromCharCode(65 + index)}`,
        model_id: model,
        airline_code: code,
        delivery_date: isoDate(delivered),
        retired: index > 1 && delivered < firstDay - 3_200 ? 1 : 0,
      };
    }),
  );
}

/** Pairs there and back between the airline's hub and other airports; the last airport and the last airline have no route. */
export function makeRoutes() {
  const random = new Random('flights/routes');
  const served = airports.slice(0, -1).map(([code]) => code);
  const pairs = airlines.slice(0, -1).flatMap(([airline, , , , , hub, planes]) => {
    const others = served.filter((code) => code !== hub && distanceKm(hub, code) <= longestKm);
    const ends = new Set(Array.from({ length: planes + 2 }, () => random.pickSkewed(others)));
    return [...ends].flatMap((end) => [
      { airline_code: airline, origin: hub, destination: end },
      { airline_code: airline, origin: end, destination: hub },
    ]);
  });
  return pairs.map((pair, index) => ({
    id: index + 1,
    ...pair,
    distance_km: distanceKm(pair.origin, pair.destination),
  }));
}

/** The planes that may fly a route: in service, of its airline, made for the distance. */
export function planesFor(route: Route, aircraft: readonly Aircraft[]): Aircraft[] {
  const own = aircraft.filter((plane) => plane.airline_code === route.airline_code && plane.retired === 0);
  const farEnough = own.filter((plane) => at(models, plane.model_id - 1)[3] > route.distance_km);
  const rightSize = farEnough.filter((plane) => plane.model_id > 6 === route.distance_km > longHaulKm);
  return rightSize.length > 0 ? rightSize : farEnough;
}

/** Haversine formula. */
function distanceKm(from: string, to: string): number {
  const [fromLat, fromLon] = positionOf(from);
  const [toLat, toLon] = positionOf(to);
  const a =
    Math.sin((toLat - fromLat) / 2) ** 2 +
    Math.cos(fromLat) * Math.cos(toLat) * Math.sin((toLon - fromLon) / 2) ** 2;
  return Math.round(2 * earthRadiusKm * Math.asin(Math.sqrt(a)));
}

/** Latitude and longitude in radians. */
function positionOf(code: string): [number, number] {
  const airport = airports.find(([other]) => other === code);
  if (!airport) throw new Error(`no airport ${code}`);
  return [(airport[5] * Math.PI) / 180, (airport[6] * Math.PI) / 180];
}
