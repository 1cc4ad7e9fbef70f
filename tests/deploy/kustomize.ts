import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { applyPatch, type Operation } from './json-patch.js';

/** A Kubernetes object as rendered. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

interface Generator {
  name: string;
  behavior?: 'merge';
  literals?: string[];
  files?: string[];
  options?: { disableNameSuffixHash?: true; labels?: Record<string, string> };
}

interface Kustomization {
  namespace?: string;
  resources?: string[];
  components?: string[];
  images?: { name: string; newName: string; newTag: string }[];
  configMapGenerator?: Generator[];
  patches?: { target: { group: string; version: string; kind: string; name?: string }; patch: string }[];
}

const known = [
  'apiVersion',
  'kind',
  'namespace',
  'resources',
  'components',
  'images',
  'configMapGenerator',
  'patches',
];

export const kubernetesFolder = fileURLToPath(new URL('../../deploy/k8s/', import.meta.url));

/**
 * What kustomize makes of a folder, for the few of its features that deploy/k8s uses, and without the hashes at the ends of
 * generated names. tests/integration/kustomize.int.ts holds it against kustomize itself.
 */
export function render(folder: string): Manifest[] {
  return build(folder, []);
}

/** Of a component, `objects` are those of the kustomization that takes it in: it changes them, and adds to them. */
function build(folder: string, objects: Manifest[]): Manifest[] {
  const kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as Kustomization;
  for (const key of Object.keys(kustomization))
    if (!known.includes(key)) throw new Error(`${folder}: the tests do not render ${key}`);
  objects.push(...(kustomization.resources ?? []).flatMap((path) => read(join(folder, path))));
  for (const component of kustomization.components ?? []) build(join(folder, component), objects);
  for (const generator of kustomization.configMapGenerator ?? []) generate(objects, generator, folder);
  for (const patch of kustomization.patches ?? []) patchTargets(objects, patch);
  for (const object of objects) {
    if (object.kind !== 'Namespace' && kustomization.namespace !== undefined)
      object.metadata.namespace = kustomization.namespace;
    for (const image of kustomization.images ?? []) setImage(object, image);
  }
  return objects;
}

function read(path: string): Manifest[] {
  if (statSync(path).isDirectory()) return render(path);
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() as Manifest);
}

function generate(
  objects: Manifest[],
  { name, behavior, literals = [], files = [], options: { labels } = {} }: Generator,
  folder: string,
) {
  const data = Object.fromEntries([
    ...literals.map((literal): [string, string] => [
      literal.slice(0, literal.indexOf('=')),
      literal.slice(literal.indexOf('=') + 1),
    ]),
    ...files.map((file): [string, string] => [basename(file), readFileSync(join(folder, file), 'utf8')]),
  ]);
  if (behavior !== 'merge') {
    objects.push({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, ...(labels && { labels }) },
      data,
    });
    return;
  }
  const merged = objects.find((object) => object.kind === 'ConfigMap' && object.metadata.name === name);
  if (!merged) throw new Error(`${folder}: there is no ConfigMap ${name} to merge into`);
  Object.assign(merged['data'] as object, data);
}

function patchTargets(
  objects: Manifest[],
  { target, patch }: NonNullable<Kustomization['patches']>[number],
): void {
  const apiVersion = `${target.group}/${target.version}`;
  const found = objects.filter(
    (object) =>
      object.apiVersion === apiVersion &&
      object.kind === target.kind &&
      (target.name === undefined || object.metadata.name === target.name),
  );
  if (found.length === 0) throw new Error(`nothing is ${target.kind} ${target.name ?? ''}`);
  for (const object of found) applyPatch(object, parse(patch) as Operation[]);
}

function setImage(value: unknown, image: { name: string; newName: string; newTag: string }): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'image' && child === image.name)
      (value as Record<string, unknown>)[key] = `${image.newName}:${image.newTag}`;
    else setImage(child, image);
  }
}
