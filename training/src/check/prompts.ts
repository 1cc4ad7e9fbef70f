import { estimateTokens } from '#shared/schema/token-estimate';
import { quoteName } from '#shared/schema/table-card';
import { withoutControlSigns } from '#shared/prompt/control-signs';
import { oneLine } from '#shared/prompt/parts';
import { replyOf, templateOf } from '#shared/prompt/template';
import { goldTables } from '../../../evaluation/src/retrieval/gold-tables.js';
import { hasControlSigns, questionForm } from '../pairs/forms.js';
import type { TrainingExample } from '../prepare/example.js';
import type { CheckResult, Finding } from './finding.js';

type Examples = readonly TrainingExample[];

export function promptOf({ messages }: TrainingExample): string {
  return messages
    .slice(0, -1)
    .map(({ content }) => content)
    .join('\n\n');
}

/** Where no chat template says how messages are framed, four tokens a message are taken for it. */
export function estimatedLength(
  { messages }: TrainingExample,
  count: (text: string) => number = estimateTokens,
): number {
  return messages.reduce((sum, { content }) => sum + count(content) + 4, 0);
}

/**
 * The model would never see the end of what it should write.
 * @param lengths of the examples, in tokens
 */
export function fitsLength(examples: Examples, most: number, lengths: readonly number[]): CheckResult {
  const findings = examples.flatMap(({ meta }, at) => {
    const tokens = lengths[at] ?? 0;
    return tokens > most ? [{ id: meta.id, message: `has ${tokens} tokens, more than ${most}` }] : [];
  });
  return { name: 'fits the length', severity: 'error', checked: examples.length, findings };
}

/**
 * Roles in the order that chat templates take, the wording of the version that the service has now, and nothing that ends a message
 * within one.
 * @param controls what the model's tokenizer takes for control tokens
 */
export function hasTemplate(examples: Examples, controls: readonly string[] = []): CheckResult {
  const findings = each(examples, ({ messages, meta }) => {
    const roles = messages.map(({ role }) => role).join(' ');
    const layout = templateOf(meta.template);
    const expected = [...layout.messages.map(({ role }) => role), 'assistant'].join(' ');
    const problems = roles === expected ? [] : [`has the messages ${roles}, not ${expected}`];
    if (meta.version !== layout.version)
      problems.push(
        `is of version ${meta.version} of the template ${meta.template}; the service has ${layout.version}`,
      );
    if (messages.at(-1)?.content !== replyOf(meta.template, meta.sql))
      problems.push('replies in another form');
    // Of the question in `meta` the other checks judge triggers, leaks and evaluations.
    if (!messages.at(-2)?.content.endsWith(`Question: ${withoutControlSigns(oneLine(meta.question))}`))
      problems.push('asks another question than it is said to');
    const held = controls.filter((control) => messages.some(({ content }) => content.includes(control)));
    if (held.length > 0)
      problems.push(`holds ${held.join(', ')}, which the model takes for the end of a message`);
    if (hasControlSigns(meta.sql)) problems.push('has signs of chat templates in its reply');
    return problems;
  });
  return { name: 'has the template of the service', severity: 'error', checked: examples.length, findings };
}

/** A prompt without its schema teaches to invent one. */
export async function hasSchema(examples: Examples): Promise<CheckResult> {
  const findings: Finding[] = [];
  for (const example of examples) {
    const { id, sql, tables } = example.meta;
    const prompt = promptOf(example);
    const shown = tables.filter((name) => prompt.includes(cardStart(name)));
    if (shown.length === 0) findings.push({ id, message: 'shows no table' });
    else if (shown.length < tables.length)
      findings.push({ id, message: `shows ${shown.length} of the ${tables.length} tables of its context` });
    else if ((await goldTables(sql, new Map(tables.map((name) => [bare(name), name])))) === null)
      findings.push({ id, message: 'has SQL that no parser understands, so its tables are unknown' });
  }
  return { name: 'shows the schema', severity: 'error', checked: examples.length, findings };
}

/** Tables that the SQL reads and the prompt does not show: the model would learn to guess names. */
export async function showsGoldTables(
  examples: Examples,
  tablesOf: (database: string) => readonly string[],
): Promise<CheckResult> {
  const findings: Finding[] = [];
  for (const { meta } of examples) {
    const known = new Map(tablesOf(meta.database).map((name) => [bare(name), name]));
    const shown = new Set(meta.tables);
    const missing = [...((await goldTables(meta.sql, known)) ?? [])].filter((name) => !shown.has(name));
    if (missing.length > 0) findings.push({ id: meta.id, message: `lacks ${missing.join(', ')}` });
  }
  return { name: 'shows the tables of its SQL', severity: 'warning', checked: examples.length, findings };
}

/** A reply that stands in its prompt is copied, not worked out. That a statement which failed, or another one's, goes on from it is none. */
export function hasNoLeak(examples: Examples): CheckResult {
  const findings = each(examples, (example) => {
    const sql = folded(example.meta.sql);
    const [statements, rest] = statementsIn(promptOf(example));
    const inPrompt = sql.length > 20 && (statements.includes(sql) || rest.includes(sql));
    const inQuestion = /\bselect\b[^?]*\bfrom\b/i.test(example.meta.question);
    return [
      ...(inPrompt ? ['has its SQL in its prompt'] : []),
      ...(inQuestion ? ['has SQL in its question'] : []),
    ];
  });
  return { name: 'has no leak', severity: 'error', checked: examples.length, findings };
}

/** Pairs of one database whose questions have nearly the same words and that have the same SQL: they count twice. */
export function hasNoNearDuplicates(examples: Examples): CheckResult {
  const findings: Finding[] = [];
  const groups = Map.groupBy(examples, ({ meta }) =>
    JSON.stringify([meta.database, folded(meta.sql), meta.source]),
  );
  for (const group of groups.values()) {
    const words = group.map(({ meta }) => new Set(questionForm(meta.question).split(' ')));
    group.forEach(({ meta }, at) => {
      const earlier = words.findIndex(
        (other, before) => before < at && similarity(words[at] ?? new Set(), other) >= nearlySame,
      );
      if (earlier >= 0) findings.push({ id: meta.id, message: `is nearly ${group[earlier]?.meta.id}` });
    });
  }
  return { name: 'has no near duplicates', severity: 'warning', checked: examples.length, findings };
}

export function sharesNothing(train: Examples, validation: Examples): CheckResult {
  const keyOf = ({ meta }: TrainingExample) => JSON.stringify([meta.database, questionForm(meta.question)]);
  const trained = new Set(train.map(keyOf));
  const findings = each(validation, (example) =>
    trained.has(keyOf(example)) ? ['is trained on, and validates'] : [],
  );
  return { name: 'validates on other questions', severity: 'error', checked: validation.length, findings };
}

/** The statements that a prompt shows, and all else that it says; folded. */
function statementsIn(prompt: string): [statements: string[], rest: string] {
  const lines = prompt.split('\n');
  const shows = (line: string) => line.startsWith('SQL: ');
  return [
    lines.filter(shows).map((line) => folded(line.slice('SQL: '.length))),
    folded(lines.filter((line) => !shows(line)).join('\n')),
  ];
}

const nearlySame = 0.9;

/** Jaccard. */
function similarity(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((word) => other.has(word)).length;
  return shared / (one.size + other.size - shared);
}

function each(examples: Examples, problemsOf: (example: TrainingExample) => string[]): Finding[] {
  return examples.flatMap((example) =>
    problemsOf(example).map((message) => ({ id: example.meta.id, message })),
  );
}

function cardStart(name: string): string {
  return ` ${name.split('.').map(quoteName).join('.')}`;
}

function bare(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}

function folded(sql: string): string {
  return sql.toLowerCase().replaceAll(/\s+/g, ' ').trim();
}
