import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One document of the repository, by its path from the root. */
export interface Document {
  path: string;
  text: string;
}

export function readDocument(path: string): Document {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** Every document that people read: those at the root, those of a folder of the repository, all of docs. */
export function allDocuments(): Document[] {
  const atRoot = readdirSync(root).filter((name) => name.endsWith('.md'));
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return [...atRoot, ...docs, 'samples/README.md'].map(readDocument);
}

/** The part of a document under a heading, up to the next heading of the same depth or above. */
export function section({ path, text }: Document, heading: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`${path} has no heading "${heading}"`);
  const depth = /^#+/.exec(lines[start] ?? '')?.[0].length ?? 1;
  const length = lines.slice(start + 1).findIndex((line) => (/^(#+) /.exec(line)?.[1]?.length ?? 9) <= depth);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}

/** The cells of every table row whose first cell is one piece of code, without that code's quotes. */
export function codeRows(text: string): [name: string, ...cells: string[]][] {
  return text.split('\n').flatMap((line): [string, ...string[]][] => {
    if (!line.startsWith('|')) return [];
    const [, first = '', ...cells] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const name = /^`([^`]+)`$/.exec(first)?.[1];
    return name === undefined ? [] : [[name, ...cells.slice(0, -1)]];
  });
}

export function firstCells(text: string): string[] {
  return codeRows(text).map(([name]) => name);
}

/** Every piece of code in a text: fenced lines and quoted ones. */
export function codeLines(text: string): string[] {
  const fenced = [...text.matchAll(/^```[a-z]*\n([\s\S]*?)^```/gm)].flatMap(([, body = '']) =>
    body.split('\n'),
  );
  const inline = [...text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code = '']) => code,
  );
  return [...fenced, ...inline];
}

/** Links to other places of the repository: the path from its root, and the anchor. */
export function relativeLinks({ path, text }: Document): { target: string; anchor: string | undefined }[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', anchor] = link.split('#');
      return { target: file === '' ? path : relative('.', join(dirname(path), file)), anchor };
    });
}

/** Anchors of a document's headings, as the usual renderers make them. */
export function anchors({ text }: Document): string[] {
  return text
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );
}

/** Where a path of the repository is on this machine. */
export function placeOf(path: string): string {
  return join(root, path);
}
