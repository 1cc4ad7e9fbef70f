import { at } from '../generate/random.js';
import type { Row } from '../generate/sample-database.js';
import { makeAircraft, makeRoutes } from './network.js';
import { makeFlights } from './schedule.js';
import { makeBookings, makePassengers } from './travellers.js';
import * as world from './world.js';

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
