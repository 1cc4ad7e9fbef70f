/**
 * SQLite's own habit reads "x" as a string where no column is called x, and much SQL relies on it; but it
 * turns a mistyped column into a constant. Here "x" becomes a string only as the right side of a comparison,
 * where a value belongs: `= "x"`, `LIKE "x"`, `IN ("x", …)`, `BETWEEN "x" AND "y"`.
 */
const token =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}\p{N}_$]+|<>|!=|<=|>=|==|\S/gu;
const comparisons = new Set(['=', '==', '<>', '!=', '<', '>', '<=', '>=', 'like', 'glob', 'is', 'between']);

/** The text with every double-quoted `name` in a value's place as a string; null where there is none. */
export function readAsString(sql: string, name: string): string | null {
  const wanted = `"${name.replaceAll('"', '""')}"`;
  let result = '';
  let copied = 0;
  const before: string[] = [];
  for (const match of sql.matchAll(token)) {
    const text = match[0];
    if (text.startsWith('--') || text.startsWith('/*')) continue;
    if (text === wanted && isValuePlace(before) && sql[match.index + text.length] !== '.') {
      result += `${sql.slice(copied, match.index)}'${name.replaceAll("'", "''")}'`;
      copied = match.index + text.length;
    }
    before.push(text.toLowerCase());
  }
  return copied === 0 ? null : result + sql.slice(copied);
}

function isValuePlace(before: readonly string[]): boolean {
  const last = before.at(-1) ?? '';
  if (comparisons.has(last)) return true;
  if (last === 'not') return before.at(-2) === 'is';
  if (last === 'and') return before.at(-3) === 'between';
  if (last === '(') return before.at(-2) === 'in';
  return last === ',' && insideList(before);
}

/** Whether the commas and single tokens before lead back to `IN (`. */
function insideList(before: readonly string[]): boolean {
  for (let index = before.length - 1; index >= 1; index -= 2) {
    if (before[index] === '(') return before[index - 1] === 'in';
    if (before[index] !== ',') return false;
  }
  return false;
}
