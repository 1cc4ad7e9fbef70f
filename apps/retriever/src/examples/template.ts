import { type Token, tokensOf } from './question-tokens.js';
import { bindLiterals, canBind, type SchemaNames, type SqlLiteral, sqlLiterals } from './sql-literals.js';

/** What the schema knows of the values that a question may name. */
export interface SchemaValues extends SchemaNames {
  /**
   * The cell value that a phrase names, written as `like` is, out of a column that holds `like` too; null where there is
   * none, or more than one: another column's value would ask another question.
   */
  cellLike(like: string, phrase: string): string | null;
}

interface Hole {
  literal: SqlLiteral;
  /** Of the example's question: the literal in its words. */
  kind: Token['kind'];
  /** As the example's question has it. */
  from: string;
}

/** The question of an example with holes for the literals that its SQL has exactly once. */
export interface Template {
  sql: string;
  parts: (Token | Hole)[];
}

export interface Bound {
  sql: string;
  literals: { from: string; to: string }[];
  /** Tokens that are the same in both questions: of two templates the one with more of them is more like the question. */
  same: number;
}

const mostWordsOfAValue = 8;

/** Null where no literal of the question is one of the SQL: nothing could be replaced. */
export function templateOf({ question, sql }: { question: string; sql: string }, names: SchemaNames) {
  const tokens = tokensOf(question);
  const parts: (Token | Hole)[] = [...tokens];
  const written = sqlLiterals(sql, names);
  const literals = written.filter((literal) => canBind(literal, literal.value));
  // Longer ones first: they may hold the words of shorter ones.
  for (const literal of literals.toSorted((a, b) => b.value.length - a.value.length)) {
    if (literals.some((other) => other !== literal && isSame(other.value, literal.value))) continue;
    const [place, ...others] = placesOf(literal, tokens);
    if (!place || others.length > 0) continue;
    const covered = tokens.slice(place.at, place.at + place.length);
    if (covered.some((token) => !parts.includes(token))) continue;
    const from = covered.map(({ raw }) => raw).join(' ');
    parts.splice(parts.indexOf(covered[0] as Token), place.length, { literal, kind: place.kind, from });
  }
  const holes = parts.filter(isHole);
  const fixed = written.filter((literal) => !holes.some((hole) => hole.literal === literal));
  return holes.length > 0 && !holes.some((hole) => isDerived(hole, fixed)) ? { sql, parts } : null;
}

/**
 * Whether another literal of the statement seems to be worked out from this one: `>= 2024 AND < 2025` for a year, the day after
 * a date. It would stay what it was.
 */
function isDerived({ literal }: Hole, fixed: readonly SqlLiteral[]): boolean {
  if (!/\d/.test(literal.value)) return false;
  return fixed.some(
    ({ value }) =>
      (literal.value.length > 1 && form(value) === form(literal.value)) ||
      Math.abs(Number(value) - Number(literal.value)) <= 1 ||
      (literal.value.length >= 4 && value.includes(literal.value)),
  );
}

/** The SQL of the template with the literals of a question that differs in nothing else; null where it does. */
export function bindTemplate(
  { sql, parts }: Template,
  question: readonly Token[],
  schema: SchemaValues,
): Bound | null {
  const bindings = new Map<Hole, { value: string; to: string }>();
  if (!fits(parts, question, bindings, schema)) return null;
  const literals = [...bindings].map(([{ from }, { to }]) => ({ from, to }));
  const values = new Map([...bindings].map(([{ literal }, { value }]) => [literal, value]));
  return { sql: bindLiterals(sql, values), literals, same: parts.length - bindings.size };
}

function fits(
  [part, ...parts]: readonly (Token | Hole)[],
  question: readonly Token[],
  bindings: Map<Hole, { value: string; to: string }>,
  schema: SchemaValues,
): boolean {
  if (!part) return question.length === 0;
  const [token] = question;
  if (!token || question.length < parts.length) return false;
  if (!isHole(part)) return part.text === token.text && fits(parts, question.slice(1), bindings, schema);
  const longest = part.kind === 'word' ? Math.min(mostWordsOfAValue, question.length - parts.length) : 1;
  for (let length = longest; length > 0; length -= 1) {
    const covered = question.slice(0, length);
    const value = valueFor(part, covered, schema);
    if (value === null || !canBind(part.literal, value)) continue;
    bindings.set(part, { value, to: covered.map(({ raw }) => raw).join(' ') });
    if (fits(parts, question.slice(length), bindings, schema)) return true;
    bindings.delete(part);
  }
  return false;
}

/** Numbers for numbers, quoted texts for quoted ones, texts of digits of the same form, and cells of the same column. */
function valueFor({ literal, kind }: Hole, tokens: readonly Token[], schema: SchemaValues): string | null {
  if (kind === 'word') {
    const phrase = tokens.map(({ raw }) => raw).join(' ');
    return tokens.some((token) => token.kind === 'quoted') ? null : schema.cellLike(literal.value, phrase);
  }
  const [token] = tokens;
  if (token?.kind !== kind) return null;
  if (literal.kind === 'number') return plain(token.raw);
  if (kind !== 'quoted' && form(token.raw) !== form(literal.value)) return null;
  return token.raw;
}

/** Where the question names the literal. */
function placesOf(literal: SqlLiteral, tokens: readonly Token[]) {
  const places = tokens.flatMap((token, at) => {
    const names =
      literal.kind === 'number' ? plain(token.raw) === numeric(literal.value) : token.raw === literal.value;
    return names && token.kind !== 'word' && token.kind !== 'sign'
      ? [{ at, length: 1, kind: token.kind }]
      : [];
  });
  const words = literal.kind === 'text' ? tokensOf(literal.value) : [];
  if (words.length === 0 || words[0]?.kind !== 'word') return places;
  const spelt = tokens.flatMap((_, at) =>
    words.every(({ text }, offset) => tokens[at + offset]?.text === text)
      ? [{ at, length: words.length, kind: 'word' as const }]
      : [],
  );
  return [...places, ...spelt];
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A number without the signs of its thousands; a sign before it is no part of a literal. */
function plain(number: string): string {
  return numeric(/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(number) ? number.replaceAll(',', '') : number);
}

function numeric(text: string): string {
  return /^\d+(?:\.\d+)?$/.test(text) ? text.replace(/^0+(?=\d)/, '') : text;
}

/** `2014-05-01` and `2013-11-30` have one form. */
function form(text: string): string {
  return text.replaceAll(/\d/g, '9');
}

function isHole(part: Token | Hole): part is Hole {
  return 'literal' in part;
}
