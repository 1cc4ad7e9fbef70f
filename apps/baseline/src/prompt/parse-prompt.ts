import type { Dialect } from '#shared/contracts/datasource';
import type { TableSnapshot } from '#shared/contracts/snapshot';
import { parseName, parseTableCard } from './parse-card.js';

export interface CellValue {
  table: string;
  column: string;
  value: string;
}

export interface JoinPath {
  from: { table: string; column: string };
  to: { table: string; column: string };
}

/** What the generator's prompt says, section by section. */
export interface Prompt {
  dialect: Dialect;
  question: string;
  tables: TableSnapshot[];
  joins: JoinPath[];
  values: CellValue[];
  examples: { question: string; sql: string }[];
  /** Earlier questions of the conversation with their SQL, the newest last. */
  turns: { question: string; sql: string }[];
  /** SQL that has been tried and failed. */
  failed: string[];
}

const headings = [
  'Tables:',
  'Joins:',
  'Terms:',
  'Most relevant tables:',
  'Values:',
  'Examples:',
  'Earlier turns:',
  'Failed attempts:',
] as const;
type Heading = (typeof headings)[number];

/** Null when the text has no question over a schema. */
export function parsePrompt(text: string): Prompt | null {
  // The question comes last and may itself look like anything; an example's question is followed by its SQL.
  const at = text.search(/(?:^|\n)Question:(?![\s\S]*\n\nQuestion:)(?![^\n]*\nSQL:)/);
  if (at < 0) return null;
  const question = text
    .slice(at)
    .replace(/^\s*Question:/, '')
    .trim();
  const sections = splitSections(text.slice(0, at));
  const tables = byRelevance(
    (sections.get('Tables:') ?? '').split(/\n\s*\n/).flatMap((card) => parseTableCard(card) ?? []),
    linesOf(sections.get('Most relevant tables:')),
  );
  if (question === '' || tables.length === 0) return null;
  return {
    dialect: /^Dialect:\s*postgres/im.test(text) ? 'postgres' : 'sqlite',
    question,
    tables,
    joins: linesOf(sections.get('Joins:')).flatMap((line) => parseJoin(line) ?? []),
    values: linesOf(sections.get('Values:')).flatMap((line) => parseValue(line) ?? []),
    examples: parseExamples(sections.get('Examples:') ?? ''),
    turns: parseExamples(sections.get('Earlier turns:') ?? ''),
    failed: parseFailed(sections.get('Failed attempts:') ?? ''),
  };
}

/** The tables that are named as most relevant first, in that order. */
function byRelevance(tables: TableSnapshot[], relevant: readonly string[]): TableSnapshot[] {
  const rank = ({ name }: TableSnapshot) =>
    relevant.includes(name) ? relevant.indexOf(name) : relevant.length;
  return tables.sort((a, b) => rank(a) - rank(b));
}

function splitSections(text: string): Map<Heading, string> {
  const sections = new Map<Heading, string[]>();
  let lines: string[] | undefined;
  for (const line of text.split('\n')) {
    const heading = headings.find((heading) => heading === line.trimEnd());
    if (heading) sections.set(heading, (lines = []));
    else lines?.push(line);
  }
  return new Map([...sections].map(([heading, lines]) => [heading, lines.join('\n')]));
}

function linesOf(section = ''): string[] {
  return section
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

function parseReference(text: string): { table: string; column: string; rest: string } | null {
  const names: string[] = [];
  let rest = text;
  do {
    const name = parseName(rest);
    if (!name) return null;
    names.push(name.name);
    rest = name.rest;
  } while (rest.startsWith('.') && (rest = rest.slice(1)));
  const column = names.pop();
  return column === undefined || names.length === 0 ? null : { table: names.join('.'), column, rest };
}

function parseJoin(line: string): JoinPath | null {
  const from = parseReference(line);
  const equals = from && /^\s*=\s*/.exec(from.rest);
  const to = equals && parseReference(from.rest.slice(equals[0].length));
  return to
    ? { from: { table: from.table, column: from.column }, to: { table: to.table, column: to.column } }
    : null;
}

/** `table.column = 'text'`, where the table may stand without the quotes that SQL would want. */
function parseValue(line: string): CellValue | null {
  const match = /^(.+?)\.("(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*) = '((?:[^']|'')*)'$/.exec(line);
  const [, table = '', column = '', value = ''] = match ?? [];
  return match && { table: unquote(table), column: unquote(column), value: value.replaceAll("''", "'") };
}

function unquote(name: string): string {
  return name.replaceAll(/"((?:[^"]|"")*)"/g, (_, inner: string) => inner.replaceAll('""', '"'));
}

function parseExamples(section: string): Prompt['examples'] {
  const pairs = section.matchAll(
    /^Question:(.*)\nSQL:([\s\S]*?)(?=\n\s*\nQuestion:|\nQuestion:|$(?![\s\S]))/gm,
  );
  return [...pairs].map(([, question = '', sql = '']) => ({ question: question.trim(), sql: sql.trim() }));
}

function parseFailed(section: string): string[] {
  const texts = section.matchAll(/^SQL:([\s\S]*?)(?=\nError\b|\nHint:|\nSQL:|$(?![\s\S]))/gm);
  return [...texts].map(([, sql = '']) => sql.trim());
}
