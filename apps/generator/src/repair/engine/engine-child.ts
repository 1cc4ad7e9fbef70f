/**
 * The program of the process that says whether an engine takes a statement. Nothing runs here: SQLite prepares on empty
 * tables in memory, the parsers parse. It is a process because it may have to be killed. Parsers are loaded when they are
 * needed: they take a second to start.
 */
import { DatabaseSync } from 'node:sqlite';
import type { EngineAnswer, EngineQuestion } from './engine-messages.js';

const mostSchemas = 16;
const schemas = new Map<string, DatabaseSync>();

function openSchema(tables: string): DatabaseSync {
  const database = new DatabaseSync(':memory:', { enableDoubleQuotedStringLiterals: true });
  database.exec(tables);
  Object.assign(database.limits, {
    ...{ exprDepth: 200, compoundSelect: 50, attach: 0, functionArg: 100, sqlLength: 64 * 1024 },
    ...{ variableNumber: 0, vdbeOp: 250_000 },
  });
  return database;
}

function schemaOf({ fingerprint, tables }: EngineQuestion): DatabaseSync | undefined {
  const known = schemas.get(fingerprint);
  if (known || tables === undefined) return known;
  const [oldest] = schemas;
  if (oldest && schemas.size >= mostSchemas) {
    oldest[1].close();
    schemas.delete(oldest[0]);
  }
  const opened = openSchema(tables);
  schemas.set(fingerprint, opened);
  return opened;
}

async function takes(
  sql: string,
  { dialect }: EngineQuestion,
  schema: DatabaseSync | undefined,
): Promise<boolean> {
  try {
    if (dialect === 'sqlite') return schema?.prepare(sql) !== undefined;
    if (dialect === 'postgres') {
      const { loadModule, parseSync } = await import('libpg-query');
      await loadModule();
      return parseSync(sql).stmts?.length === 1;
    }
    const { Dialect, init, parse } = await import('@polyglot-sql/sdk');
    await init();
    return (parse(sql, Dialect.MySQL) as { success: boolean }).success;
  } catch {
    return false;
  }
}

async function translationsOf(question: EngineQuestion): Promise<string[]> {
  const { Dialect, init, transpile } = await import('@polyglot-sql/sdk');
  await init();
  const own = { sqlite: Dialect.SQLite, postgres: Dialect.PostgreSQL, mysql: Dialect.MySQL };
  const target = own[question.dialect];
  const found = new Set<string>();
  for (const source of [Dialect.PostgreSQL, Dialect.MySQL, Dialect.SQLite, Dialect.TSQL]) {
    if (source === target) continue;
    try {
      const { success, sql } = transpile(question.sql, source, target) as {
        success: boolean;
        sql?: string[];
      };
      if (success && sql?.length === 1 && sql[0] !== undefined) found.add(sql[0]);
    } catch {
      // That dialect does not read it.
    }
  }
  return [...found];
}

async function answer(question: EngineQuestion): Promise<EngineAnswer> {
  const schema = question.dialect === 'sqlite' ? schemaOf(question) : undefined;
  if (question.dialect === 'sqlite' && !schema) return { kind: 'unknown_schema' };
  if (question.wanted === 'verdict')
    return { kind: 'verdict', isValid: await takes(question.sql, question, schema) };
  const translations: string[] = [];
  for (const sql of await translationsOf(question))
    if (await takes(sql, question, schema)) translations.push(sql);
  return { kind: 'translations', translations };
}

process.on(
  'message',
  (question: EngineQuestion) => void answer(question).then((told) => process.send?.(told)),
);
