import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { kubernetesFolder, type Manifest, render } from '../deploy/kustomize.js';
import { components, inOverlayWith } from '../deploy/overlay-with.js';

const overlays = readdirSync(join(kubernetesFolder, 'overlays')).map((name) => `overlays/${name}`);

it.each([...overlays, 'migration', 'reseal', 'hpa', 'monitoring'])('renders %s as kustomize does', (folder) =>
  expectSame(join(kubernetesFolder, folder)),
);

it('renders components as kustomize does', () => inOverlayWith(components, 'ha', expectSame));

function expectSame(folder: string): void {
  const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  const theirs = parseAllDocuments(withoutHashes(text)).map((document) => document.toJS() as Manifest);
  expect(byName(render(folder))).toEqual(byName(theirs));
}

/** Generated names end in a hash of what they hold. */
function withoutHashes(text: string): string {
  const names = [...text.matchAll(/^ {2}name: (nano-[a-z-]+)-[a-z0-9]{10}$/gm)].map(([, name = '']) => name);
  return names.reduce(
    (rest, name) => rest.replaceAll(new RegExp(`\\b${name}-[a-z0-9]{10}\\b`, 'g'), name),
    text,
  );
}

function byName(objects: Manifest[]): Record<string, Manifest> {
  return Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}
