/** Text that models wrap around their answer before they give it. */
const reasoning = /<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi;
const fence = /```[ \t]*([\w+-]*)[^\n]*\n([\s\S]*?)(?:```|$)/g;
const inlineFence = /^```(?:sql)?\s*([^`\n]+)```$/i;
const sqlLanguages = new Set(['', 'sql', 'sqlite', 'postgres', 'postgresql', 'mysql', 'mariadb']);
const statementStart = /^[\s(]*(?:with|select|values)\b/i;
/** Anywhere in prose, at the start of a line or behind a label such as `SQL:`. */
const embeddedStart =
  /(?:^|\n|:\s*)[ \t(]*((?:with\s+(?:recursive\s+)?["\w]+[\s\S]*?\bas\s*\(|select\b|values\s*\()[\s\S]*)/i;

/**
 * The SQL in a model's reply: from a fence, from prose, or as the reply itself; the first statement of several.
 * Null when there is none. What comes out is not trusted: the executor's guard decides.
 */
export function extractSql(reply: string): string | null {
  const text = withoutReasoning(reply);
  const inline = inlineFence.exec(text)?.[1];
  if (inline !== undefined && statementStart.test(inline)) return firstStatement(inline);
  for (const [, language = '', body = ''] of text.matchAll(fence)) {
    if (sqlLanguages.has(language.toLowerCase()) && statementStart.test(withoutLeadingComments(body)))
      return firstStatement(body);
  }
  if (statementStart.test(withoutLeadingComments(text))) return firstStatement(cutTrailingProse(text));
  const embedded = embeddedStart.exec(text)?.[1];
  return embedded === undefined ? null : firstStatement(cutTrailingProse(embedded));
}

export function withoutReasoning(reply: string): string {
  return reply.replaceAll('\r\n', '\n').replaceAll(reasoning, '').trim();
}

/** Up to the first semicolon that stands outside of strings, quoted names and comments. */
function firstStatement(text: string): string {
  const trimmed = withoutLeadingComments(text);
  const tokens = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|--[^\n]*|\/\*[\s\S]*?\*\/|;/g;
  for (const match of trimmed.matchAll(tokens)) {
    if (match[0] === ';') return trimmed.slice(0, match.index).trim();
  }
  return trimmed.trim();
}

function withoutLeadingComments(text: string): string {
  return text.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
}

/** Prose after an unfenced statement: a blank line, then something that is no SQL line. */
function cutTrailingProse(text: string): string {
  return text.split(/\n\s*\n(?=[A-Z][a-z]+ |Note|This |The )/)[0]?.replace(/```[\s\S]*$/, '') ?? text;
}
