import { readMark } from '#shared/model-server/marked-question';

/** What the generator's prompt tells of the question asked. */
export interface Asked {
  question: string;
  /** Place in the set, where the question carries it. */
  index: number | undefined;
  /** Names of the tables in the context, in lower case. */
  tables: string[];
  /** Statements that have been tried and failed. */
  failed: ReadonlySet<string>;
}

/** Null when the text asks nothing. The question is the last line that is labelled so. */
export function readAsked(prompt: string): Asked | null {
  const [, before = '', text] = /^([\s\S]*?)(?:^|\n)Question: ([^\n]*)$/u.exec(prompt) ?? [];
  if (text === undefined) return null;
  const [described = '', failed = ''] = before.split('\nFailed attempts:\n');
  const cards = described.matchAll(
    /^(?:table|view) ("(?:[^"]|"")+"|[^\s".]+)(?:\.("(?:[^"]|"")+"|[^\s".]+))?/gmu,
  );
  return {
    ...readMark(text),
    tables: [...cards].map(([, first = '', second]) => unquoted(second ?? first).toLowerCase()),
    failed: new Set([...failed.matchAll(/^SQL: (.*)$/gmu)].map(([, sql = '']) => comparable(sql))),
  };
}

/** The same for statements that differ in white space or a closing semicolon only. */
export function comparable(sql: string): string {
  return sql
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .replace(/(?: ?;)+$/u, '');
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
