export const flightsSchema = `
CREATE TABLE countries ( -- countries of cities, airlines and passengers
  code TEXT PRIMARY KEY, -- ISO 3166 two-letter code
  name TEXT NOT NULL UNIQUE,
  continent TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE cities ( -- cities that have airports
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  country_code TEXT NOT NULL REFERENCES countries(code),
  population INTEGER -- inhabitants, empty where unknown
);

CREATE TABLE airports ( -- where flights start and land
  code TEXT PRIMARY KEY, -- IATA three-letter code
  name TEXT NOT NULL UNIQUE,
  city_id INTEGER NOT NULL REFERENCES cities(id),
  latitude REAL NOT NULL, -- degrees, north is positive
  longitude REAL NOT NULL, -- degrees, east is positive
  elevation_m INTEGER NOT NULL -- metres above the sea
) WITHOUT ROWID;

CREATE TABLE airlines ( -- companies that fly
  code TEXT PRIMARY KEY, -- two-letter code
  name TEXT NOT NULL UNIQUE,
  country_code TEXT NOT NULL REFERENCES countries(code), -- home country
  alliance TEXT, -- empty for airlines in no alliance
  founded INTEGER NOT NULL -- year
) WITHOUT ROWID;

CREATE TABLE aircraft_models ( -- types of aircraft
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  manufacturer TEXT NOT NULL,
  seats INTEGER NOT NULL, -- seats for passengers
  range_km INTEGER NOT NULL -- how far it flies without a stop
);

CREATE TABLE aircraft ( -- single planes that airlines own
  registration TEXT PRIMARY KEY, -- what is painted on the tail
  model_id INTEGER NOT NULL REFERENCES aircraft_models(id),
  airline_code TEXT NOT NULL REFERENCES airlines(code),
  delivery_date DATE NOT NULL, -- YYYY-MM-DD, when the airline got it
  retired INTEGER NOT NULL CHECK (retired IN (0, 1)) -- 1 if it no longer flies
) WITHOUT ROWID;

CREATE TABLE routes ( -- which airline flies from which airport to which
  id INTEGER PRIMARY KEY,
  airline_code TEXT NOT NULL REFERENCES airlines(code),
  origin TEXT NOT NULL REFERENCES airports(code), -- airport where it starts
  destination TEXT NOT NULL REFERENCES airports(code), -- airport where it lands
  distance_km INTEGER NOT NULL, -- along the great circle
  UNIQUE (airline_code, origin, destination)
);

CREATE TABLE flights ( -- single flights on a route, one row a day and flight
  id INTEGER PRIMARY KEY,
  flight_number TEXT NOT NULL, -- code of the airline and number of the route
  route_id INTEGER NOT NULL REFERENCES routes(id),
  aircraft_registration TEXT NOT NULL REFERENCES aircraft(registration),
  flight_date DATE NOT NULL, -- YYYY-MM-DD, day of departure
  departure_time DATETIME NOT NULL, -- YYYY-MM-DD HH:MM as planned, UTC
  arrival_time DATETIME NOT NULL, -- YYYY-MM-DD HH:MM as planned, UTC
  status TEXT NOT NULL, -- landed, cancelled or diverted
  delay_minutes INTEGER -- late at arrival, negative if early; empty if cancelled
);

CREATE TABLE passengers ( -- people who have booked a flight
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- first and last name
  country_code TEXT NOT NULL REFERENCES countries(code), -- nationality
  birth_date DATE, -- YYYY-MM-DD, empty where not asked
  loyalty_tier TEXT -- silver, gold or platinum; empty for most
);

CREATE TABLE bookings ( -- seats that passengers bought on flights
  id INTEGER PRIMARY KEY,
  flight_id INTEGER NOT NULL REFERENCES flights(id),
  passenger_id INTEGER NOT NULL REFERENCES passengers(id),
  booking_date DATE NOT NULL, -- YYYY-MM-DD
  cabin TEXT NOT NULL, -- economy, premium, business or first
  price REAL NOT NULL, -- in euros
  seat TEXT, -- such as 14C, empty until check-in
  UNIQUE (flight_id, passenger_id)
);

CREATE INDEX cities_country ON cities(country_code);
CREATE INDEX airports_city ON airports(city_id);
CREATE INDEX aircraft_airline ON aircraft(airline_code);
CREATE INDEX routes_origin ON routes(origin);
CREATE INDEX routes_destination ON routes(destination);
CREATE INDEX flights_route ON flights(route_id);
CREATE INDEX flights_date ON flights(flight_date);
CREATE INDEX flights_aircraft ON flights(aircraft_registration);
CREATE INDEX bookings_passenger ON bookings(passenger_id);
`;
