import type { Traceback } from '#shared/contracts/attempt';
import type { AccessPolicy } from '#shared/contracts/datasource';
import type { SchemaSnapshot } from '#shared/contracts/snapshot';
import { unknownTableHint } from '../traceback/hint.js';
import { hiddenColumnOf } from './mysql-columns.js';
import { mysqlFunctions, mysqlWordsBeforeParenthesis } from './mysql-functions.js';
import { lexMysql, MysqlLexerError, type MysqlToken } from './mysql-lexer.js';
import { MysqlRelations, type MysqlServerFacts } from './mysql-relations.js';
import { textForParser } from './mysql-parser-text.js';
import { relationsOf, UnreadableError } from './mysql-tree.js';

export interface MysqlGuardContext {
  policy: Pick<AccessPolicy, 'allowTables' | 'denyTables' | 'allowColumns' | 'denyColumns'>;
  facts: MysqlServerFacts;
  snapshot?: SchemaSnapshot | null;
}

class Refused extends Error {
  constructor(readonly traceback: Traceback) {
    super(traceback.message);
  }
}

/** Clauses and words that write, lock, call out or tell of the server, wherever they stand unquoted. */
const forbiddenWords: ReadonlySet<string> = new Set([
  ...[
    'INTO',
    'LOCK',
    'PROCEDURE',
    'OUTFILE',
    'DUMPFILE',
    'HANDLER',
    'CALL',
    'GRANT',
    'REVOKE',
    'ALTER',
    'CREATE',
    'DROP',
  ],
  ...[
    'CURRENT_USER',
    'CURRENT_ROLE',
    'SQL_CALC_FOUND_ROWS',
    'SQL_BIG_RESULT',
    'SQL_BUFFER_RESULT',
    'SQL_NO_CACHE',
    'SQL_CACHE',
  ],
]);
const starts: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES', '(']);

/**
 * Refuses whatever is not a single read of granted relations by granted functions. No parser speaks for the server:
 * the lexer decides what it can alone, a second parser finds the relations, and a name that the policy hides is
 * refused wherever it stands, unless it is a column's too.
 */
export async function guardMysql(sql: string, context: MysqlGuardContext): Promise<Traceback | null> {
  try {
    const tokens = withoutEnd(lexMysql(sql));
    checkForm(tokens);
    checkCalls(tokens);
    const relations = new MysqlRelations(context.policy, context.facts);
    checkMentions(tokens, relations, context);
    for (const { schema, name } of await relationsOf(textForParser(tokens))) {
      const isNothing =
        schema === null && name.toLowerCase() === 'dual' && !context.facts.relations.has('dual');
      if (isNothing || relations.mayRead(schema, name)) continue;
      const isKnown = schema !== null || context.facts.relations.has(name.toLowerCase());
      refuse(
        isKnown ? 'policy' : 'unknown_table',
        isKnown ? `The table ${name} may not be read.` : `There is no table ${name}.`,
        undefined,
        unknownTableHint(name, context.snapshot),
      );
    }
    const fault = hiddenColumnOf(tokens, context.policy, context.facts);
    if (fault !== null) refuse('policy', fault, undefined, 'Name the columns that are needed, one by one.');
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.traceback;
    if (error instanceof MysqlLexerError)
      return { class: error.kind, message: error.message, position: error.at };
    if (error instanceof UnreadableError) return { class: 'syntax', message: error.message };
    throw error;
  }
}

function refuse(kind: Traceback['class'], message: string, position?: number, hint?: string): never {
  throw new Refused({
    class: kind,
    message,
    ...(position !== undefined && { position }),
    ...(hint !== undefined && { hint }),
  });
}

function withoutEnd(tokens: MysqlToken[]): MysqlToken[] {
  const last = tokens.findLastIndex((token) => token.text !== ';' || token.kind !== 'operator');
  const kept = tokens.slice(0, last + 1);
  const [first] = kept;
  if (!first) refuse('syntax', 'There is no statement.');
  if (first.kind === 'quoted' || !starts.has(first.text))
    refuse('policy', 'Only a SELECT, WITH or VALUES statement is allowed.', first.at);
  return kept;
}

function checkForm(tokens: readonly MysqlToken[]): void {
  tokens.forEach(({ kind, text, at }, index) => {
    const next = tokens[index + 1];
    const before = tokens[index - 1];
    if (kind === 'operator' && text === ';') refuse('policy', 'Only one statement is allowed.', at);
    if (kind !== 'word' || before?.text === '.') return;
    if (forbiddenWords.has(text)) refuse('policy', `${text} is not allowed in a read.`, at);
    const locks =
      text === 'FOR' && next?.kind === 'word' && ['UPDATE', 'SHARE', 'SYSTEM_TIME'].includes(next.text);
    if (locks && next.text !== 'SYSTEM_TIME')
      refuse('policy', 'Rows may not be locked (FOR UPDATE, FOR SHARE).', at);
    if (text === 'FOR' && before?.text === 'VALUE') refuse('policy', 'A sequence may not be moved on.', at);
    if (['DELETE', 'UPDATE', 'INSERT', 'REPLACE'].includes(text) && next?.text !== '(')
      refuse('policy', `Only reading is allowed, not ${text}.`, at);
  });
}

/** Whatever a parenthesis follows is called, but for keywords and the names of common table expressions. */
function checkCalls(tokens: readonly MysqlToken[]): void {
  tokens.forEach((token, index) => {
    if (tokens[index + 1]?.text !== '(' || (token.kind !== 'word' && token.kind !== 'quoted')) return;
    const qualified = tokens[index - 1]?.text === '.';
    if (!qualified && token.kind === 'word') {
      if (mysqlWordsBeforeParenthesis.has(token.text) || mysqlFunctions.has(token.text)) return;
    }
    if (!qualified && namesColumns(tokens, index + 1)) return;
    // The second half of MATCH (…) AGAINST (…); no call follows a parenthesis.
    if (token.kind === 'word' && token.text === 'AGAINST' && tokens[index - 1]?.text === ')') return;
    refuse('policy', `The function ${token.source} may not be called.`, token.at);
  });
}

/** Whether the parenthesis holds names alone, and AS ( follows or AS goes before: `WITH c (a, b) AS (`, `… AS t (a, b)`. */
function namesColumns(tokens: readonly MysqlToken[], open: number): boolean {
  let index = open + 1;
  for (; tokens[index] && tokens[index]?.text !== ')'; index += 1) {
    const { kind, text } = tokens[index] ?? { kind: 'operator', text: '' };
    if (kind !== 'word' && kind !== 'quoted' && text !== ',') return false;
  }
  const isCte = tokens[index + 1]?.text === 'AS' && tokens[index + 2]?.text === '(';
  const before = tokens[open - 2];
  return (
    (isCte && ['WITH', 'RECURSIVE', ','].includes(before?.text ?? '')) ||
    (before?.text === 'AS' && before.kind === 'word')
  );
}

function checkMentions(
  tokens: readonly MysqlToken[],
  relations: MysqlRelations,
  { snapshot, facts }: MysqlGuardContext,
): void {
  const columns = new Set(
    snapshot?.tables.flatMap((table) => table.columns.map(({ name }) => name.toLowerCase())) ?? [],
  );
  tokens.forEach(({ kind, source, text, at }, index) => {
    if (kind !== 'word' && kind !== 'quoted') return;
    const name = (kind === 'quoted' ? text : source).toLowerCase();
    if (tokens[index + 1]?.text === '.' && facts.otherDatabases.has(name))
      refuse('policy', 'Other databases may not be read.', at);
    if (relations.isHidden(name) && !columns.has(name))
      refuse('policy', `The table ${name} may not be read.`, at, unknownTableHint(name, snapshot));
  });
}
