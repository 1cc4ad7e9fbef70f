import Table from 'cli-table3';
import type { Origin } from '#shared/contracts/attempt';
import type { Cell, QueryView } from '#shared/contracts/query';
import { mendOf } from '../client/problem.js';
import { plain, type Output } from './terminal.js';

const shownRows = 50;
const longestCell = 60;
const indent = '  ';

/** What it was taken to go on from, SQL and rows of a query that succeeded; what became of it, of one that did not. */
export function printAnswer(query: QueryView, output: Output): void {
  const [latest] = query.followsUp ?? [];
  if (latest !== undefined) output.line(indent + output.style('dim', `goes on from: ${oneLine(latest)}`));
  if (query.sql) {
    for (const line of plain(query.sql).trim().split('\n')) output.line(indent + output.style('cyan', line));
  }
  printRepairs(query, output);
  if (query.clarification !== undefined) printClarification(query, query.clarification, output);
  else if (query.status === 'succeeded') printRows(query, output);
  else printFailure(query, output);
}

function printClarification(query: QueryView, clarification: string, output: Output): void {
  output.line(`${indent}${output.style('yellow', 'the model asks back:')} ${oneLine(clarification)}`);
  output.line(indent + output.style('dim', `no SQL, ${Math.round(query.timings.total)} ms`));
}

/** What was changed of the model's text: the statement that ran is not quite the one it wrote. */
function printRepairs({ sql, attempts }: QueryView, output: Output): void {
  const ran = attempts.at(-1)?.candidates.find((candidate) => candidate.sql === sql);
  for (const { kind, from, to } of ran?.repairs ?? []) {
    const [before, after] = [from, to].map((text) => clipped(oneLine(text).trim()));
    const change = before ? `${before} → ${after || 'nothing'}` : `added ${after}`;
    output.line(indent + output.style('yellow', `repaired (${kind}): ${change}`));
  }
}

function printRows(query: QueryView, output: Output): void {
  if (query.columns.length > 0) {
    const head = query.columns.map(({ name }) => output.style('bold', plain(name)));
    const table = new Table({
      head,
      style: { head: [], border: [], compact: true },
      colAligns: query.columns.map((_, column) => (isNumeric(query.rows, column) ? 'right' : 'left')),
    });
    for (const row of query.rows.slice(0, shownRows)) table.push(row.map((cell) => shown(cell, output)));
    for (const line of table.toString().split('\n')) output.line(indent + line);
  }
  output.line(indent + output.style('dim', summary(query)));
  const origin = query.attempts.at(-1)?.origin;
  if (origin) output.line(indent + output.style('dim', originText(origin)));
  const cuts = cutsOf(query);
  if (cuts !== '')
    output.line(indent + output.style('yellow', `left out to fit the model's context: ${cuts}`));
}

function originText({ question, literals = [] }: Origin): string {
  const example = `the verified example "${oneLine(question)}"`;
  const changes = literals.filter(({ from, to }) => from !== to);
  if (changes.length === 0) return `answered by ${example}`;
  const replaced = changes.map(({ from, to }) => `${oneLine(to)} for ${oneLine(from)}`).join(', ');
  return `answered by ${example}, with ${replaced}`;
}

function summary({ rows, truncated, timings, attempts }: QueryView): string {
  const parts = [`${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`];
  if (rows.length > shownRows) parts.push(`${shownRows} shown: --json has all`);
  if (truncated) parts.push(`cut at the limit of ${truncated}`);
  if (attempts.length > 1) parts.push(`${attempts.length} attempts`);
  parts.push(`${Math.round(timings.total)} ms`);
  return parts.join(', ');
}

function printFailure(query: QueryView, output: Output): void {
  for (const { number, candidates } of query.attempts) {
    for (const { sql, error } of candidates) {
      if (!error) continue;
      output.line(`${indent}attempt ${number}: ${oneLine(sql)}`);
      output.line(`${indent}  ${output.style('yellow', `${error.class}: ${plain(error.message)}`)}`);
    }
  }
  if (!query.error) return output.line(indent + output.style('yellow', query.status));
  const { code, stage, message } = query.error;
  output.line(
    `${indent}${output.style('red', `${query.status} ${code}`)}${stage ? ` (${stage})` : ''}: ${plain(message)}`,
  );
  const mend = mendOf(code);
  if (mend) output.line(`${indent}  mend: ${mend}`);
}

/** What was left out of the prompts, so that they fit the model. */
function cutsOf({ attempts }: QueryView): string {
  const cuts = new Map<string, number>();
  for (const { prompt } of attempts)
    for (const [part, count] of Object.entries(prompt?.cut ?? {}))
      cuts.set(part, Math.max(cuts.get(part) ?? 0, count));
  return [...cuts].map(([part, count]) => `${count} ${part}`).join(', ');
}

function isNumeric(rows: readonly Cell[][], column: number): boolean {
  return (
    rows.some((row) => typeof row[column] === 'number') && rows.every((row) => isNumberOrNull(row[column]))
  );
}

function isNumberOrNull(cell: Cell | undefined): boolean {
  return typeof cell === 'number' || cell === null;
}

function shown(cell: Cell, output: Output): string {
  if (cell === null) return output.style('dim', 'null');
  return clipped(oneLine(String(cell)));
}

function clipped(text: string): string {
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;
}

function oneLine(text: string): string {
  return plain(text).replaceAll(/\s+/gu, ' ');
}
