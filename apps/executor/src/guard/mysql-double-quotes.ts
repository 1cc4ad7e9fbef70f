import { lexMysql } from './mysql-lexer.js';

/**
 * Under ANSI_QUOTES `"Ada"` is a name; by default MySQL reads a string, and people write it so. Where the server knows
 * no such column, the name is read as a string.
 * @returns the statement with the name as a string, or null where it does not stand in double quotes
 */
export function readAsMysqlString(sql: string, name: string): string | null {
  let text = '';
  let done = 0;
  const tokens = lexMysql(sql);
  tokens.forEach((token, index) => {
    const isName = token.kind === 'quoted' && sql[token.at] === '"' && token.text === name;
    if (!isName || tokens[index - 1]?.text === '.' || tokens[index + 1]?.text === '.') return;
    const string = name.replaceAll('\\', '\\\\').replaceAll("'", "''");
    text += `${sql.slice(done, token.at)}'${string}'`;
    done = token.end;
  });
  return done === 0 ? null : text + sql.slice(done);
}
