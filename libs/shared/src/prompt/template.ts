import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Dialect, dialects } from '../contracts/datasource.js';
import { withoutControlSigns } from './control-signs.js';

/** What a template can show, each part as `{{name}}`. */
export const partNames = [
  'dialect',
  'notes',
  'tables',
  'joins',
  'terms',
  'relevant',
  'values',
  'examples',
  'turns',
  'tracebacks',
  'question',
  'sql',
] as const;
export type PartName = (typeof partNames)[number];
export type Parts = Readonly<Partial<Record<PartName, string>>>;

/** Those that ask for SQL. */
export const templateNames = ['chat', 'llama3'] as const;
export type TemplateName = (typeof templateNames)[number];
const fileNames = [...templateNames, 'explain'] as const;
type FileName = (typeof fileNames)[number];

export interface PromptMessage {
  role: 'system' | 'user';
  content: string;
}

const placeholder = /\{\{(\w+)\}\}/g;

const sectionSchema = z.string().refine((text) => placesIn(text).every(isPartName), 'names an unknown part');

const templateSchema = z.strictObject({
  name: z.enum(fileNames),
  /** Rises with every change of what is sent: stored with each attempt, and the mark of what an adapter was trained on. */
  version: z.int().min(1),
  messages: z.array(
    z.strictObject({ role: z.enum(['system', 'user']), sections: z.array(sectionSchema).min(1) }),
  ),
  /** What the model should reply to a question, with `{{sql}}`: what adapters are trained to write. */
  reply: z.string().includes('{{sql}}').optional(),
});
type Template = z.infer<typeof templateSchema>;

const dialectSchema = z.strictObject({ name: z.string(), notes: z.array(z.string()) });
const dialectsSchema = z.record(z.enum(dialects), dialectSchema);

const dialectFacts = dialectsSchema.parse(readTemplateFile('dialects'));
const templates = new Map(
  fileNames.map((name) => [name, templateSchema.parse(readTemplateFile(name))] as const),
);

export function templateOf(name: FileName): Template {
  const template = templates.get(name);
  if (!template) throw new Error(`there is no prompt template ${name}`);
  return template;
}

/** The reply that a template asks for. */
export function replyOf(name: TemplateName, sql: string): string {
  const { reply } = templateOf(name);
  if (reply === undefined) throw new Error(`the prompt template ${name} says nothing of replies`);
  return reply.replace('{{sql}}', () => sql);
}

export function aboutDialect(dialect: Dialect): { dialect: string; notes: string } {
  const { name, notes } = dialectFacts[dialect];
  return { dialect: name, notes: notes.join('\n') };
}

/** The messages of a template. A section whose parts are all empty is left out. */
export function fill({ messages }: Template, parts: Parts): PromptMessage[] {
  return messages.map(({ role, sections }) => ({
    role,
    content: sections
      .filter(
        (text) => placesIn(text).length === 0 || placesIn(text).some((name) => partOf(parts, name) !== ''),
      )
      .map((text) => text.replaceAll(placeholder, (_, name: string) => partOf(parts, name)))
      .join('\n\n'),
  }));
}

function partOf(parts: Parts, name: string): string {
  return withoutControlSigns((isPartName(name) && parts[name]) || '');
}

function isPartName(name: string): name is PartName {
  return (partNames as readonly string[]).includes(name);
}

function placesIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name);
}

function readTemplateFile(name: string): unknown {
  return parse(readFileSync(new URL(`./templates/${name}.yaml`, import.meta.url), 'utf8'));
}
