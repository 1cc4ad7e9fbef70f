/**
 * PostgreSQL's `text` and `jsonb` hold neither NUL nor half a surrogate pair, and models, databases and engine
 * messages may contain both. Each such character becomes U+FFFD, the replacement character.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** JSON for a `jsonb` column. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // What has to be replaced is escaped in the JSON, so the common case costs one search.
  if (!/\\u(0000|d[89a-f])/.test(json)) return json;
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storableText(part) : part));
}
