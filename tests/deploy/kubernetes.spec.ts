import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { problemsOf } from './api-schema.js';
import { kubernetesFolder, type Manifest, render } from './kustomize.js';
import { components, inOverlayWith } from './overlay-with.js';

const overlays = readdirSync(join(kubernetesFolder, 'overlays')).map((name) => `overlays/${name}`);
const folders = [...overlays, 'migration', 'reseal', 'hpa', 'monitoring', 'training'];

const made: [string, Manifest[]][] = [
  ...folders.map((folder): [string, Manifest[]] => [folder, render(join(kubernetesFolder, folder))]),
  ['an overlay with all components', inOverlayWith(components, 'ha', render)],
];

it.each(made)('%s is what the API takes', async (_, objects) => {
  const problems = await Promise.all(
    objects.map(async (object) => ({ object: nameOf(object), problems: await problemsOf(object) })),
  );
  expect(problems.filter((each) => each.problems.length > 0)).toEqual([]);
  expect(new Set(objects.map(nameOf)).size).toBe(objects.length);
});

describe('the check of objects', () => {
  const [deployment] = render(join(kubernetesFolder, 'baseline'));

  it.each<[string, (spec: Record<string, unknown>) => void]>([
    ['a wrong type', (spec) => (spec['replicas'] = 'two')],
    ['a missing field', (spec) => delete spec['selector']],
    ['a field that is not known', (spec) => (spec['replica'] = 2)],
    [
      'one further down',
      (spec) => ((spec['template'] as Manifest)['spec'] = { containers: [{ name: 'a', imagee: 'b' }] }),
    ],
  ])('sees %s', async (_, damage) => {
    const damaged = structuredClone(deployment!);
    damage(damaged['spec'] as Record<string, unknown>);
    expect(await problemsOf(damaged)).not.toEqual([]);
  });
});

function nameOf({ apiVersion, kind, metadata }: Manifest): string {
  return `${apiVersion} ${kind} ${metadata.name}`;
}
