import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { flows } from './flows.js';
import { kubernetesFolder, type Manifest, render } from './kustomize.js';
import { workloads } from './pods.js';
import { stageApps } from './schemas.js';
import { inOverlayWith } from './overlay-with.js';

const inCluster = (folder: string) => [
  ...render(join(kubernetesFolder, folder)),
  ...render(join(kubernetesFolder, 'migration')),
  ...render(join(kubernetesFolder, 'reseal')),
];
const allowed = (objects: Manifest[], others: string[] = []) =>
  flows(objects, [...workloads(objects).map(({ component }) => component), ...others]).filter(
    (flow) => !flow.includes('namespace kube-system:53'),
  );

const targets = ['executor', 'gateway', 'retriever'].flatMap((app) => [
  `${app} -> 10.20.0.0/24:3306`,
  `${app} -> 10.20.0.0/24:5432`,
]);
const state = ['executor', 'gateway', 'generator', 'migrate', 'retriever'].flatMap((app) => [
  `${app} -> postgres:5432`,
  `${app} -> redis:6379`,
]);
const resealing = 'reseal -> postgres:5432';
const clients = ['namespace ingress-nginx -> gateway:8080'];

describe('what may be reached', () => {
  it('is all that is named here, on one node', () => {
    const objects = inCluster('overlays/single-node');
    const inside = ['generator -> baseline:8089', 'retriever -> qdrant:6333'];
    expect(withoutMonitoring(objects)).toEqual(
      [...targets, ...state, resealing, ...clients, ...inside].sort(),
    );
  });

  it('is all that is named here, with a model', () => {
    const objects = inCluster('overlays/gpu-t4');
    const inside = ['generator -> vllm:8000', 'retriever -> qdrant:6333'];
    expect(withoutMonitoring(objects)).toEqual(
      [...targets, ...state, resealing, ...clients, ...inside].sort(),
    );
  });

  it('is the collector too, and of all else nothing more, where spans are sent', () => {
    const plain = withoutMonitoring(inCluster('overlays/gpu-t4'));
    const traced = withComponent('tracing', 'gpu-t4');
    const collector = stageApps.map((app) => `${app} -> namespace monitoring:4318`);
    expect(traced).toEqual([...plain, ...collector].sort());
  });

  it('is PostgreSQL too for backups, and for nothing else of them, wherever it runs', () => {
    const more = (overlay: string) =>
      withComponent('backup', overlay).filter(
        (flow) => !withoutMonitoring(inCluster(`overlays/${overlay}`)).includes(flow),
      );
    expect(more('single-node')).toEqual(['backup -> postgres:5432']);
    expect(more('ha')).toEqual(['backup -> {"cnpg.io/cluster":"nano-postgres"}:5432']);
  });

  it('is what the operators run, where they run the state, and that reaches its peers and operators', () => {
    const [postgres, redis, qdrant] = [
      'cnpg.io/cluster=nano-postgres',
      'app.kubernetes.io/part-of=nano-redis',
      'app.kubernetes.io/instance=qdrant',
    ] as const;
    const pods = [postgres, redis, qdrant];
    const found = allowed(inCluster('overlays/ha'), pods).filter((flow) => flow.includes('='));
    const apps = ['executor', 'gateway', 'generator', 'migrate', 'retriever'];
    const to = (pod: string, ports: number[], from: string[]) =>
      from.flatMap((each) => ports.map((port) => `${each} -> ${pod}:${port}`));
    expect(found).toEqual(
      [
        ...to(postgres, [5432], [...apps, 'reseal']),
        ...to(postgres, [5432, 8000], [postgres, 'namespace cnpg-system']),
        ...to(postgres, [9187], ['namespace monitoring']),
        ...to(redis, [6379, 26379], [...apps, redis, 'namespace redis-operator']),
        ...to(qdrant, [6333], ['retriever', 'namespace monitoring']),
        ...to(qdrant, [6333, 6335], [qdrant]),
      ].sort(),
    );
  });

  it('is names for all, and metrics for monitoring', () => {
    const objects = inCluster('overlays/gpu-t4');
    const all = flows(
      objects,
      workloads(objects).map(({ component }) => component),
    );
    const resolving = all.filter((flow) => flow.includes('kube-system'));
    expect(resolving).toHaveLength(workloads(objects).length);
    const scraped = all
      .filter((flow) => flow.startsWith('namespace monitoring'))
      .map((flow) => flow.split(' -> ')[1]);
    for (const target of [
      'gateway:8080',
      'retriever:8081',
      'generator:8082',
      'executor:8083',
      'vllm:8000',
      'qdrant:6333',
    ])
      expect(scraped).toContain(target);
    expect(scraped.some((target) => /^(postgres|redis|migrate|reseal)/.test(target ?? ''))).toBe(false);
  });

  it('is nothing without a policy that allows it', () => {
    const deny = render(join(kubernetesFolder, 'base')).find(
      ({ metadata }) => metadata.name === 'default-deny',
    );
    expect(deny?.['spec']).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  });
});

function withComponent(component: 'backup' | 'tracing', overlay: string): string[] {
  const jobs = ['migration', 'reseal'].flatMap((folder) => render(join(kubernetesFolder, folder)));
  return inOverlayWith([component], overlay, (folder) => withoutMonitoring([...render(folder), ...jobs]));
}

function withoutMonitoring(objects: Manifest[]): string[] {
  return allowed(objects).filter((flow) => !flow.startsWith('namespace monitoring'));
}
