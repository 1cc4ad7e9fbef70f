import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { permanent } from '#shared/errors/app-error';
import type { TemplateName } from '#shared/prompt/template';
import { replaceFile } from './durable.js';

/** An adapter as the catalogue names it. */
export interface Entry {
  name: string;
  path?: string | undefined;
  /** Layout of the prompts that it was trained on. */
  template?: TemplateName | undefined;
}

export interface Change {
  /** Of the model whose adapter it is. */
  model: string;
  /** The adapter that gives way; null adds one. */
  from: Entry | null;
  /** What takes its place, with all else that the catalogue says of it; null takes it away. */
  to: Entry | null;
}

/** The catalogue's text as it was read: it is changed only where it is still the same. */
export class CatalogueFile {
  readonly text: string;

  constructor(readonly file: string) {
    this.text = readFileSync(file, 'utf8');
  }

  /** The text with one adapter changed; comments and all else stay. */
  changed(change: Change): string {
    const document = parseDocument(this.text);
    const model = named(document.get('models'), change.model);
    if (!model) throw permanent('invalid_request', `${this.file} has no model ${change.model}`);
    const adapters = model.get('adapters');
    const { from, to } = change;
    if (from === null && to !== null) {
      if (isSeq(adapters)) adapters.add(document.createNode(to));
      else model.set('adapters', document.createNode([to]));
    } else if (from !== null) {
      const entry = named(adapters, from.name);
      if (!entry) throw permanent('invalid_request', `${this.file} has no adapter ${from.name}`);
      if (to === null) remove(adapters as YAMLSeq, entry);
      else
        for (const [key, value] of Object.entries({ path: undefined, template: undefined, ...to }))
          set(entry, key, value);
    }
    // JSON stays JSON.
    return /^\s*\{\s*"/u.test(this.text)
      ? `${JSON.stringify(document.toJS(), null, 2)}\n`
      : document.toString({ lineWidth: 0 });
  }

  /** @throws AppError `invalid_request` where somebody has changed it since */
  refuseIfChanged(): void {
    if (readFileSync(this.file, 'utf8') !== this.text)
      throw permanent(
        'invalid_request',
        `${this.file} was changed meanwhile: nothing is switched, try again`,
      );
  }

  /** @throws AppError `invalid_request` where somebody has changed it since */
  replace(text: string): void {
    this.refuseIfChanged();
    // A symbolic link stays one.
    const file = realpathSync(this.file);
    replaceFile(file, text, statSync(file).mode & 0o777);
  }
}

function named(list: unknown, name: string): YAMLMap | undefined {
  if (!isSeq(list)) return undefined;
  return list.items.find((item): item is YAMLMap => isMap(item) && item.get('name') === name);
}

function set(entry: YAMLMap, key: string, value: unknown): void {
  if (value === undefined) entry.delete(key);
  else entry.set(key, value);
}

function remove(list: YAMLSeq, entry: YAMLMap): void {
  list.items.splice(list.items.indexOf(entry), 1);
}
