import type { ColumnSnapshot, TableSnapshot } from '#shared/contracts/snapshot';

const areas =
  `sales billing shipping inventory payroll hiring support marketing finance legal research production quality
  logistics procurement security facilities training travel insurance claims lending trading risk audit tax energy fleet
  catalogue content media events ticketing loyalty pricing forecasting planning returns warranty`.split(
    /\s+/,
  );
const things =
  `order invoice customer supplier employee product shipment payment contract account campaign ticket asset
  vehicle warehouse store region department project budget policy claim loan trade machine batch inspection course booking
  article author session review subscription discount refund route driver device sensor reading alert`.split(
    /\s+/,
  );
const aspects =
  `history detail summary item status type group log rule plan target link note document schedule`.split(
    /\s+/,
  );
const properties =
  `name code status created_on updated_on amount quantity price total description country city email phone
  priority category start_date end_date owner currency rate weight height score comment version active source channel`.split(
    /\s+/,
  );

const columnsOfTable = 10;

/** A schema of so many tables, alike in each run: areas as schemas, each with things and aspects of them, and their keys. */
export function generateSchema(count: number): TableSnapshot[] {
  const perArea = Math.ceil(count / areas.length);
  return Array.from({ length: count }, (_, at) => {
    const area = areas[Math.floor(at / perArea)] ?? 'misc';
    const place = at % perArea;
    const reference = place === 0 ? [] : [nameOf(area, Math.floor(place / 3))];
    return tableOf(nameOf(area, place), reference, at);
  });
}

/** Questions that name things, aspects and properties of such a schema. */
export function generateQuestions(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const [area, thing, aspect, property] = [
      pick(areas, at * 7),
      pick(things, at * 11),
      pick(aspects, at * 5),
      pick(properties, at * 3),
    ];
    return `What is the average ${property.replace('_', ' ')} of each ${thing} ${aspect} in ${area}, by ${pick(properties, at * 13).replace('_', ' ')}?`;
  });
}

function nameOf(area: string, place: number): string {
  const [thing, aspect] = [pick(things, place), pick(aspects, Math.floor(place / things.length))];
  const round = Math.floor(place / (things.length * aspects.length));
  return `${area}.${thing}_${aspect}${round === 0 ? '' : `_${round + 1}`}`;
}

function tableOf(name: string, references: readonly string[], seed: number): TableSnapshot {
  const keys = references.map((to) => `${to.slice(to.indexOf('.') + 1)}_id`);
  const names = ['id', ...keys];
  for (let at = seed; names.length < columnsOfTable; at += 1)
    names.push(pick(properties, at * 3 + names.length));
  const columns = [...new Set(names)].map((column): ColumnSnapshot => ({
    name: column,
    type: 'text',
    nullable: true,
  }));
  return {
    name,
    kind: 'table',
    columns,
    primaryKey: ['id'],
    foreignKeys: references.map((referencedTable, at) => ({
      columns: [keys[at] ?? ''],
      referencedTable,
      referencedColumns: ['id'],
    })),
  };
}

function pick(list: readonly string[], at: number): string {
  return list[at % list.length] ?? '';
}
