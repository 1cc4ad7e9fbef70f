/** What the shop sells: top category → category → article → price in euros. */
export const assortment: Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>
> = {
  'Food and Drink': {
    Coffee: { 'Espresso Beans': 14.9, 'Filter Coffee': 11.5, 'Decaf Beans': 13.9, 'Cold Brew': 4.2 },
    Tea: { 'Green Tea': 7.9, 'Earl Grey': 6.5, Rooibos: 5.9, 'Peppermint Tea': 4.9 },
    Chocolate: { 'Dark Chocolate': 3.9, 'Milk Chocolate': 3.5, 'Hazelnut Pralines': 12.9 },
  },
  Kitchen: {
    Cookware: { 'Frying Pan': 39.9, 'Stock Pot': 54.9, 'Cast Iron Casserole': 129, Wok: 44.9 },
    Tableware: { 'Dinner Plate': 9.9, 'Soup Bowl': 8.5, Mug: 7.5, 'Wine Glass': 11.9 },
    'Coffee Makers': {
      'Espresso Machine': 389,
      'French Press': 29.9,
      'Moka Pot': 24.9,
      'Coffee Grinder': 79,
    },
  },
  Home: {
    Lighting: { 'Desk Lamp': 49.9, 'Floor Lamp': 99, 'Pendant Light': 84.5, 'Fairy Lights': 14.9 },
    Textiles: { 'Wool Blanket': 69, 'Linen Cushion': 24.9, 'Bath Towel': 17.9 },
    Candles: { 'Scented Candle': 16.9, 'Beeswax Candle': 9.5 },
  },
  Garden: {
    'Garden Tools': { 'Pruning Shears': 22.9, 'Hand Trowel': 9.9, 'Watering Can': 27.5, 'Garden Fork': 34.9 },
    Plants: { Lavender: 6.9, 'Olive Tree': 59, Monstera: 29.9, Rosemary: 4.5 },
  },
  Office: {
    Notebooks: { 'Dotted Notebook': 12.9, Sketchbook: 15.9, 'Weekly Planner': 19.9 },
    Pens: { 'Fountain Pen': 45, 'Ballpoint Pen': 3.9, 'Brush Pen': 5.5 },
  },
  Outdoor: {
    Backpacks: { 'Day Pack': 74.9, 'Hiking Backpack': 159, 'Bike Bag': 64.9 },
    Camping: { 'Two-Person Tent': 219, 'Sleeping Bag': 109, 'Camping Stove': 49.9 },
  },
};

/** Spellings of one article; the factor is on its price. */
export const variants: readonly (readonly [string, number])[] = [
  ['Classic', 1],
  ['Premium', 1.6],
  ['Nordic', 1.25],
];

export const suppliers: readonly (readonly [name: string, country: string])[] = [
  ['Alpenkraft GmbH', 'Germany'],
  ['Porto Ceramics Lda', 'Portugal'],
  ['Nordlys AS', 'Norway'],
  ['Maison Verdier', 'France'],
  ['Tuscan Hearth Srl', 'Italy'],
  ['Highland Woollens Ltd', 'United Kingdom'],
  ['Bohemia Glass s.r.o.', 'Czechia'],
  ['Van Dijk & Zonen', 'Netherlands'],
  ['Sakura Stationery', 'Japan'],
  ['Casa del Sol SL', 'Spain'],
  ['Lumen Works GmbH', 'Germany'],
  ['Green Thumb BV', 'Netherlands'],
  ['Atlas Outdoor AB', 'Sweden'],
  ['Ceylon Leaf Traders', 'Sri Lanka'],
  ['Andes Roasters', 'Colombia'],
  ['Baltic Linen UAB', 'Lithuania'],
  ['Copper & Oak Ltd', 'Ireland'],
  ['Danube Paper Kft', 'Hungary'],
];

/** How many of them, the first ones, deliver products; the others are listed and have delivered none yet. */
export const activeSuppliers = 15;

export const cities: readonly (readonly [name: string, country: string, population: number])[] = [
  ['Berlin', 'Germany', 3_755_000],
  ['Paris', 'France', 2_103_000],
  ['Madrid', 'Spain', 3_332_000],
  ['Hamburg', 'Germany', 1_892_000],
  ['Amsterdam', 'Netherlands', 918_000],
  ['Munich', 'Germany', 1_512_000],
  ['Vienna', 'Austria', 1_983_000],
  ['Barcelona', 'Spain', 1_655_000],
  ['Rome', 'Italy', 2_748_000],
  ['Lyon', 'France', 522_000],
  ['Prague', 'Czechia', 1_357_000],
  ['Milan', 'Italy', 1_354_000],
  ['Dublin', 'Ireland', 592_000],
  ['Rotterdam', 'Netherlands', 664_000],
  ['Copenhagen', 'Denmark', 653_000],
  ['Cologne', 'Germany', 1_084_000],
  ['Lisbon', 'Portugal', 546_000],
  ['Warsaw', 'Poland', 1_861_000],
  ['Graz', 'Austria', 298_000],
  ['Kraków', 'Poland', 803_000],
  ['Porto', 'Portugal', 232_000],
  ['Helsinki', 'Finland', 664_000],
  ['Ghent', 'Belgium', 265_000],
  ['Reykjavík', 'Iceland', 140_000],
];

export const streets: readonly string[] =
  `Lindenstraße,Rue de la Paix,Calle Mayor,Station Road,Via Roma,Kerkstraat,Hauptstraße,Mill Lane,Parkweg,
  Avenue Victor Hugo,Church Street,Bahnhofstraße,Rua do Sol,Market Square,Gartenweg,High Street`
    .split(',')
    .map((street) => street.trim());

/** Titles of reviews, by stars from 1 to 5. */
export const reviewTitles: readonly (readonly string[])[] = [
  ['Broke after a week', 'Would not buy again', 'Arrived damaged'],
  ['Disappointing', 'Not as described', 'Too expensive for what it is'],
  ['Does the job', 'Okay', 'Average quality'],
  ['Good value', 'Happy with it', 'Nearly perfect'],
  ['Love it', 'Excellent quality', 'Exactly what I wanted', 'Best purchase this year'],
];
