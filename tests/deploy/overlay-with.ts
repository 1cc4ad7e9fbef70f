import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { kubernetesFolder } from './kustomize.js';

/** The components of deploy/k8s. */
export const components = ['backup', 'tracing'] as const;

/** Runs with an overlay like the given one and components, as docs/deploy.md has it made. */
export function inOverlayWith<T>(
  taken: readonly (typeof components)[number][],
  overlay: string,
  use: (folder: string) => T,
): T {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'nano-overlay-'));
  const path = (part: string) => relative(folder, join(kubernetesFolder, part));
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    JSON.stringify({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace: 'nano-analyst',
      resources: [path(`overlays/${overlay}`)],
      components: taken.map(path),
    }),
  );
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
