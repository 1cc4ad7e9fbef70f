type Table<T extends readonly unknown[]> = readonly Readonly<T>[];

export const countries: Table<[code: string, name: string, continent: string]> = [
  ['AU', 'Australia', 'Oceania'],
  ['BR', 'Brazil', 'South America'],
  ['CA', 'Canada', 'North America'],
  ['CH', 'Switzerland', 'Europe'],
  ['DE', 'Germany', 'Europe'],
  ['EG', 'Egypt', 'Africa'],
  ['ES', 'Spain', 'Europe'],
  ['FR', 'France', 'Europe'],
  ['GB', 'United Kingdom', 'Europe'],
  ['IE', 'Ireland', 'Europe'],
  ['IN', 'India', 'Asia'],
  ['IT', 'Italy', 'Europe'],
  ['JP', 'Japan', 'Asia'],
  ['KE', 'Kenya', 'Africa'],
  ['NL', 'Netherlands', 'Europe'],
  ['NZ', 'New Zealand', 'Oceania'],
  ['PT', 'Portugal', 'Europe'],
  ['SE', 'Sweden', 'Europe'],
  ['SG', 'Singapore', 'Asia'],
  ['US', 'United States', 'North America'],
];

/** The big hubs first: traffic is drawn from the front. */
export const airports: Table<
  [
    code: string,
    name: string,
    city: string,
    country: string,
    population: number | null,
    lat: number,
    lon: number,
    elevation: number,
  ]
> = [
  ['FRA', 'Frankfurt Airport', 'Frankfurt', 'DE', 773_000, 50.03, 8.57, 111],
  ['LHR', 'Heathrow Airport', 'London', 'GB', 8_866_000, 51.47, -0.45, 25],
  ['CDG', 'Charles de Gaulle Airport', 'Paris', 'FR', 2_103_000, 49.01, 2.55, 119],
  ['AMS', 'Schiphol Airport', 'Amsterdam', 'NL', 918_000, 52.31, 4.76, -3],
  ['MAD', 'Barajas Airport', 'Madrid', 'ES', 3_332_000, 40.47, -3.56, 610],
  ['JFK', 'John F. Kennedy Airport', 'New York', 'US', 8_258_000, 40.64, -73.78, 4],
  ['SIN', 'Changi Airport', 'Singapore', 'SG', 5_918_000, 1.36, 103.99, 7],
  ['ZRH', 'Zurich Airport', 'Zurich', 'CH', 434_000, 47.46, 8.55, 432],
  ['LIS', 'Lisbon Airport', 'Lisbon', 'PT', 546_000, 38.77, -9.13, 114],
  ['MUC', 'Munich Airport', 'Munich', 'DE', 1_512_000, 48.35, 11.79, 453],
  ['DUB', 'Dublin Airport', 'Dublin', 'IE', 592_000, 53.42, -6.27, 74],
  ['HND', 'Haneda Airport', 'Tokyo', 'JP', 14_180_000, 35.55, 139.78, 6],
  ['NRT', 'Narita Airport', 'Tokyo', 'JP', 14_180_000, 35.77, 140.39, 43],
  ['FCO', 'Fiumicino Airport', 'Rome', 'IT', 2_748_000, 41.8, 12.24, 5],
  ['BCN', 'El Prat Airport', 'Barcelona', 'ES', 1_655_000, 41.3, 2.08, 4],
  ['ARN', 'Arlanda Airport', 'Stockholm', 'SE', 985_000, 59.65, 17.92, 42],
  ['LGW', 'Gatwick Airport', 'London', 'GB', 8_866_000, 51.15, -0.18, 62],
  ['ORD', "O'Hare Airport", 'Chicago', 'US', 2_665_000, 41.98, -87.9, 204],
  ['SFO', 'San Francisco Airport', 'San Francisco', 'US', 809_000, 37.62, -122.38, 4],
  ['YYZ', 'Pearson Airport', 'Toronto', 'CA', 2_794_000, 43.68, -79.63, 173],
  ['DEL', 'Indira Gandhi Airport', 'Delhi', 'IN', 16_788_000, 28.57, 77.1, 237],
  ['GRU', 'Guarulhos Airport', 'São Paulo', 'BR', 11_452_000, -23.43, -46.47, 750],
  ['SYD', 'Kingsford Smith Airport', 'Sydney', 'AU', 5_451_000, -33.95, 151.18, 6],
  ['CAI', 'Cairo Airport', 'Cairo', 'EG', 10_100_000, 30.12, 31.41, 116],
  ['NBO', 'Jomo Kenyatta Airport', 'Nairobi', 'KE', 4_397_000, -1.32, 36.93, 1_624],
  ['AKL', 'Auckland Airport', 'Auckland', 'NZ', 1_479_000, -37.01, 174.79, 7],
  ['GVA', 'Geneva Airport', 'Geneva', 'CH', 204_000, 46.24, 6.11, 430],
  ['LIN', 'Linate Airport', 'Milan', 'IT', 1_354_000, 45.45, 9.28, 108],
  ['ZQN', 'Queenstown Airport', 'Queenstown', 'NZ', null, -45.02, 168.74, 357],
];

/** Made-up airlines; `hub` is where most of their routes start. */
export const airlines: Table<
  [
    code: string,
    name: string,
    country: string,
    alliance: string | null,
    founded: number,
    hub: string,
    planes: number,
  ]
> = [
  ['RV', 'Rhein Valley Airways', 'DE', 'Blue Horizon', 1958, 'FRA', 22],
  ['AB', 'Albion Air', 'GB', 'Blue Horizon', 1946, 'LHR', 18],
  ['GM', 'Gallia Méridienne', 'FR', 'North Star', 1961, 'CDG', 15],
  ['TU', 'Tulip Airlines', 'NL', 'North Star', 1972, 'AMS', 12],
  ['IB', 'Iberis Air', 'ES', 'Blue Horizon', 1983, 'MAD', 11],
  ['LB', 'Liberty Atlantic', 'US', 'North Star', 1979, 'JFK', 12],
  ['MX', 'Merlion Express', 'SG', 'Blue Horizon', 1990, 'SIN', 9],
  ['ED', 'Edelweiss Sky', 'CH', null, 1995, 'ZRH', 7],
  ['FD', 'Fado Air', 'PT', null, 1999, 'LIS', 6],
  ['CL', 'Clover Jet', 'IE', null, 2004, 'DUB', 9],
  ['SK', 'Sakura Wings', 'JP', 'North Star', 1987, 'HND', 8],
  ['NB', 'Nordic Breeze', 'SE', null, 2011, 'ARN', 4],
  ['KW', 'Kiwi Coastal', 'NZ', null, 2019, 'AKL', 2],
  ['PP', 'Pampas Air', 'BR', null, 2025, 'GRU', 0],
];

/** Short-haul models first. */
export const models: Table<[name: string, manufacturer: string, seats: number, range: number]> = [
  ['ATR 72', 'ATR', 72, 1_500],
  ['E195', 'Embraer', 124, 4_200],
  ['A220', 'Airbus', 135, 6_300],
  ['A320', 'Airbus', 174, 6_100],
  ['737 MAX 8', 'Boeing', 178, 6_500],
  ['A321', 'Airbus', 206, 7_400],
  ['787-9', 'Boeing', 290, 14_100],
  ['A330', 'Airbus', 287, 13_300],
  ['A350', 'Airbus', 315, 15_400],
  ['777-300ER', 'Boeing', 365, 13_600],
];
