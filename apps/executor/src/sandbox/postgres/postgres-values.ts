import type { Cell } from '#shared/contracts/query';

/** Object ids of built-in types, fixed for ever by PostgreSQL. */
const oids = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  float4: 700,
  float8: 701,
} as const;

type Parser = (text: string) => Cell;

const integer: Parser = (text) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
};
/** NaN and the infinities stay text: JSON has no numbers for them. */
const float: Parser = (text) => {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
};

const parsers = new Map<number, Parser>([
  [oids.bool, (text) => text === 't'],
  [oids.bytea, (text) => Buffer.from(text.slice(2), 'hex').toString('base64')],
  [oids.int2, integer],
  [oids.int4, integer],
  [oids.int8, integer],
  [oids.oid, integer],
  [oids.float4, float],
  [oids.float8, float],
]);
const asWritten: Parser = (text) => text;

/** What is not a number or a truth value stays as the server writes it: decimals, dates, JSON, arrays. */
export const valueTypes = {
  getTypeParser: (oid: number): Parser => parsers.get(oid) ?? asWritten,
};
