import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import packageJson from '#package.json' with { type: 'json' };
import { kubernetesFolder, type Manifest, render } from './kustomize.js';
import { configOf, type Workload, workloads } from './pods.js';
import { appSchemas, isRead, required, stageApps } from './schemas.js';
import { inOverlayWith } from './overlay-with.js';

const at = (folder: string) => render(join(kubernetesFolder, folder));
const overlays: [string, Manifest[]][] = ['single-node', 'gpu-t4', 'ha'].map((name) => [
  name,
  [...at(`overlays/${name}`), ...at('migration')],
]);
const training: [string, Manifest[]] = ['training', [...at('training'), ...at('vllm')]];
const traced: [string, Manifest[]] = [
  'single-node with tracing',
  inOverlayWith(['tracing'], 'single-node', render),
];
const saved: [string, Manifest[]] = [
  'ha with backups',
  [...inOverlayWith(['backup'], 'ha', render), ...at('reseal')],
];
const everything = [...overlays, traced, saved, training].flatMap(([overlay, objects]) =>
  workloads(objects).map((workload): [string, Workload, Manifest[]] => [
    `${overlay}: ${workload.component}`,
    workload,
    objects,
  ]),
);

describe.each(everything)('%s', (_, { kind, component, pod }, objects) => {
  const [container, ...others] = pod.containers;

  it('has no rights', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect([others, pod.initContainers ?? []]).toEqual([[], []]);
    expect((pod.volumes ?? []).filter(({ hostPath }) => hostPath)).toEqual([]);
  });

  it('says what it needs, and which version it is', () => {
    expect(container?.resources).toMatchObject({
      requests: { cpu: expect.anything(), memory: expect.anything() },
      limits: { memory: expect.anything() },
    });
    expect(container?.image).toMatch(/:[^:]*\d/);
    if (container?.image.includes('internal'))
      expect(container.image).toMatch(new RegExp(`^registry.internal/nano-\\w+:${packageJson.version}$`));
  });

  it('is probed', () => {
    if (kind.endsWith('Job')) return;
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const)
      expect(container?.[probe]).toBeDefined();
    if (!isStage(component)) return;
    expect(container?.readinessProbe?.httpGet?.path).toBe('/readyz');
    // What an application depends on is no reason to end it.
    expect(container?.livenessProbe?.httpGet?.path).toBe('/healthz');
  });

  it('refers to what is there, and to Secrets that are not in the repository', () => {
    const mounted = new Set((container?.volumeMounts ?? []).map(({ name }) => name));
    expect([...mounted].filter((name) => !pod.volumes?.some((volume) => volume.name === name))).toEqual(
      kind === 'StatefulSet' ? ['data'] : [],
    );
    for (const volume of pod.volumes ?? []) {
      if (volume.configMap) configOf(objects, volume.configMap.name);
      const claim = volume.persistentVolumeClaim?.claimName;
      if (claim !== undefined) expect(named(objects, 'PersistentVolumeClaim')).toContain(claim);
    }
    expect(named(objects, 'Secret')).toEqual([]);
  });

  it('gets variables that it reads, all that it needs, and secrets in files alone', () => {
    const schema = component === 'migrate' ? undefined : appSchemas[component];
    if (!schema) return;
    const given = [
      ...(container?.env ?? []).map(({ name }) => name),
      ...(container?.envFrom ?? []).flatMap(({ configMapRef }) =>
        Object.keys(configOf(objects, configMapRef.name)),
      ),
    ];
    expect(given.filter((name) => !isRead(schema, name))).toEqual([]);
    expect(
      required(schema).filter((name) => !given.includes(name) && !given.includes(`${name}_FILE`)),
    ).toEqual([]);
    expect(given.filter((name) => /(KEY|KEYS|PASSWORD|DATABASE_URL|QUEUE_URL)$/.test(name))).toEqual([]);
    expect(given.includes('NANO_MASTER_KEY_FILE')).toBe(isStage(component) && component !== 'generator');
  });
});

describe.each(overlays)('%s', (overlay, objects) => {
  const all = workloads(objects);

  it.each([...stageApps])('lets the %s end its work, and few of it go at a time', (app) => {
    const { pod } = all.find(({ component }) => component === app)!;
    const deadline = Number(configOf(objects, 'nano-gateway')['QUERY_DEADLINE_MS']);
    expect(pod.terminationGracePeriodSeconds! * 1_000).toBeGreaterThan(deadline);
    expect(named(objects, 'PodDisruptionBudget')).toContain(app);
    expect(pod.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey)).toEqual([
      'kubernetes.io/hostname',
      'topology.kubernetes.io/zone',
    ]);
    const spread = pod.topologySpreadConstraints?.[0]?.whenUnsatisfiable;
    expect(spread).toBe(overlay === 'ha' ? 'DoNotSchedule' : 'ScheduleAnyway');
  });

  it('starts without operators, and without a second master key', () => {
    const optional = (app: string) =>
      (all.find(({ component }) => component === app)?.pod.volumes ?? [])
        .flatMap(({ projected }) => projected?.sources ?? [])
        .filter(({ secret }) => secret.optional)
        .map(({ secret }) => secret.name);
    expect(optional('gateway')).toEqual(['nano-master-key-previous', 'nano-operator-keys']);
    for (const app of ['retriever', 'executor']) expect(optional(app)).toEqual(['nano-master-key-previous']);
    expect(optional('generator')).toEqual([]);
  });

  it('has a model that the generator asks, for no more at a time than it batches', () => {
    const config = configOf(objects, 'nano-generator');
    const host = new URL(config['LLM_BASE_URL']!).hostname;
    expect(named(objects, 'Service')).toContain(host);
    const vllm = all.find(({ component }) => component === 'vllm');
    if (!vllm) return;
    const args = vllm.pod.containers[0]!.args ?? [];
    const batch = Number(/--max-num-seqs=(\d+)/.exec(args.join(' '))?.[1]);
    const scaled = objects.find(
      ({ kind, metadata }) => kind === 'ScaledObject' && metadata.name === 'generator',
    )!;
    const { maxReplicaCount } = scaled['spec'] as { maxReplicaCount: number };
    expect(maxReplicaCount * Number(config['GENERATOR_CONCURRENCY'])).toBeLessThanOrEqual(
      batch * vllm.replicas!,
    );
    const { triggers } = scaled['spec'] as { triggers: { metadata: { threshold: string } }[] };
    expect(triggers[0]?.metadata.threshold).toBe(config['GENERATOR_CONCURRENCY']);
    expect(args).toContain(`--served-model-name=${config['LLM_MODEL']}`);
  });

  it('leaves the number of pods to the autoscaler where there is one', () => {
    for (const { metadata } of objects.filter(({ kind }) => kind === 'ScaledObject'))
      expect(all.find(({ component }) => component === metadata.name)?.replicas).toBeUndefined();
  });
});

it('sends spans to the collector where the component is taken in, and nowhere else', () => {
  const endpoints = (objects: Manifest[]) =>
    stageApps.map((app) => configOf(objects, `nano-${app}`)['OTEL_EXPORTER_OTLP_ENDPOINT']);
  for (const [, objects] of overlays) expect(endpoints(objects)).toEqual(stageApps.map(() => undefined));
  const policy = traced[1].find(({ metadata }) => metadata.name === 'to-collector');
  const { egress } = policy?.['spec'] as { egress: { ports: { port: number }[] }[] };
  const { port } = new URL(endpoints(traced[1])[0]!);
  expect(new Set(endpoints(traced[1])).size).toBe(1);
  expect(egress.map(({ ports }) => ports)).toEqual([[{ port: Number(port) }]]);
});

it('serves the model on a T4 as it can be served there', () => {
  const vllm = workloads(at('vllm'))[0]!;
  const container = vllm.pod.containers[0]!;
  expect(container.args).toEqual(
    expect.arrayContaining(['--dtype=half', '--enable-lora', '--max-lora-rank=32']),
  );
  expect(container.resources?.limits).toMatchObject({ 'nvidia.com/gpu': 1 });
  expect(vllm.pod.nodeSelector).toEqual({ 'nvidia.com/gpu.product': 'Tesla-T4' });
  expect(vllm.pod.tolerations).toHaveLength(1);
  const memory = vllm.pod.volumes?.find(({ emptyDir }) => emptyDir?.medium === 'Memory');
  expect(container.volumeMounts).toContainEqual({ name: memory?.name, mountPath: '/dev/shm' });
  expect(container.volumeMounts).toContainEqual({ name: 'adapters', mountPath: '/adapters', readOnly: true });
  const { periodSeconds = 0, failureThreshold = 0 } = container.startupProbe ?? {};
  expect(periodSeconds * failureThreshold).toBeGreaterThanOrEqual(600);
});

it('scales by depth and age alone, by KEDA as by the HPA', () => {
  const scaled = at('keda').map(({ metadata, spec }) => {
    const { maxReplicaCount, triggers } = spec as {
      maxReplicaCount: number;
      triggers: { metadata: { query: string; threshold: string } }[];
    };
    const metrics = triggers.map(({ metadata: { query } }) => [
      [...new Set(query.match(/nano_\w+/g))],
      [...query.matchAll(/state="(\w+)"/g)].map(([, state]) => state),
    ]);
    return [metadata.name, maxReplicaCount, metrics, triggers.map((each) => each.metadata.threshold)];
  });
  const autoscalers = at('hpa').map(({ metadata, spec }) => {
    const { maxReplicas, metrics } = spec as {
      maxReplicas: number;
      metrics: {
        external: {
          metric: { name: string; selector: { matchExpressions?: { values: string[] }[] } };
          target: { value?: string; averageValue?: string };
        };
      }[];
    };
    const targets = metrics.map(({ external: { target } }) => target.averageValue ?? target.value);
    const asked = metrics.map(({ external: { metric } }) => [
      [metric.name],
      (metric.selector.matchExpressions ?? []).flatMap(({ values }) => values),
    ]);
    return [metadata.name, maxReplicas, asked, targets];
  });
  expect(scaled).toEqual(autoscalers);
  expect(scaled.map(([, , metrics]) => metrics)).toEqual(
    scaled.map(() => [
      [['nano_queue_jobs'], ['waiting', 'active']],
      [['nano_queue_oldest_job_seconds'], []],
    ]),
  );
});

it.each(overlays)('prepares training data with the settings of the retriever of %s', (_, objects) => {
  const isOfPrompts = ([name]: [string, unknown]) => /^(EMBEDDINGS|CONTEXT)_/.test(name);
  const [job] = workloads(at('training')).filter(({ component }) => component === 'prepare-training');
  const { args, env = [] } = job!.pod.containers[0]!;
  const own = env.map(({ name, value }): [string, unknown] => [name, value]).filter(isOfPrompts);
  expect(own).toEqual(Object.entries(configOf(objects, 'nano-retriever')).filter(isOfPrompts));
  expect(args?.filter((each) => each.startsWith('--embeddings'))).toEqual([]);
});

it('has the same Redis as Compose', () => {
  const compose = fileURLToPath(new URL('../../deploy/docker/redis.conf', import.meta.url));
  expect(configOf(at('state'), 'nano-redis')['redis.conf']).toBe(readFileSync(compose, 'utf8'));
});

function isStage(component: string): boolean {
  return (stageApps as readonly string[]).includes(component);
}

function named(objects: Manifest[], kind: string): string[] {
  return objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
}
