import type { ColumnSnapshot } from '#shared/contracts/snapshot';

/** Of the values of a key that is known whole, so many at least must be those of the other. */
const leastOverlap = 0.5;

type Family = 'number' | 'text' | 'uuid' | 'any' | 'none';

const families = new Map<string, Family>();

/** What can be joined without a cast. `none` is no type of keys. */
export function familyOf(type: string): Family {
  const known = families.get(type);
  if (known) return known;
  const family = readFamily(type);
  // Types are few, but SQLite takes any text for one.
  if (families.size < 1_000) families.set(type, family);
  return family;
}

function readFamily(type: string): Family {
  if (type === '') return 'any';
  if (/date|time|year|bool|^bit|json|xml|blob|binary|bytea|float|double|real|geo|\[\]/i.test(type))
    return 'none';
  if (/int|serial|num|dec|^oid/i.test(type)) return 'number';
  if (/uuid|uniqueidentifier/i.test(type)) return 'uuid';
  return /char|text|clob|string|enum|set/i.test(type) ? 'text' : 'none';
}

export function haveCompatibleTypes(a: ColumnSnapshot, b: ColumnSnapshot): boolean {
  const [one, other] = [familyOf(a.type), familyOf(b.type)];
  if (one === 'none' || other === 'none') return false;
  return one === other || one === 'any' || other === 'any';
}

/**
 * Whether sampled values speak for the one to reference the other; null where there are none to compare. Of a large key there
 * is a few values only: then the values must have the form of those.
 * @param mostSampled how many values a column may have: one with fewer has no others
 */
export function doValuesAgree(
  source: ColumnSnapshot,
  target: ColumnSnapshot,
  mostSampled: number,
): boolean | null {
  const [values, keys] = [source.sampleValues ?? [], new Set(target.sampleValues)];
  if (values.length === 0 || keys.size === 0) return null;
  const found = values.filter((value) => keys.has(value)).length;
  if (keys.size < mostSampled) return found >= values.length * leastOverlap;
  const forms = new Set([...keys].map(formOf));
  return found > 0 || values.every((value) => forms.has(formOf(value)));
}

/** `AB-12` → `a-9`. */
function formOf(value: string): string {
  return value.replaceAll(/\p{L}+/gu, 'a').replaceAll(/\d+/g, '9');
}
