import type { Manifest } from './kustomize.js';

export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string }[];
  envFrom?: { configMapRef: { name: string } }[];
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> };
  securityContext?: object;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
}

interface Probe {
  httpGet?: { path: string };
  periodSeconds?: number;
  failureThreshold?: number;
}

export interface PodSpec {
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext?: object;
  nodeSelector?: Record<string, string>;
  tolerations?: object[];
  topologySpreadConstraints?: { topologyKey: string; whenUnsatisfiable: string }[];
  containers: Container[];
  initContainers?: Container[];
  volumes?: {
    name: string;
    hostPath?: object;
    configMap?: { name: string };
    secret?: { secretName: string };
    projected?: { sources: { secret: { name: string; optional?: boolean } }[] };
    persistentVolumeClaim?: { claimName: string };
    emptyDir?: { medium?: string };
  }[];
}

/** An object that makes pods. */
export interface Workload {
  kind: string;
  /** The component that its pods are labelled with. */
  component: string;
  replicas: number | undefined;
  pod: PodSpec;
}

interface Job {
  replicas?: number;
  template: { metadata: { labels: Record<string, string> }; spec: PodSpec };
}

const kinds = ['Deployment', 'StatefulSet', 'Job', 'CronJob'];

export function workloads(objects: Manifest[]): Workload[] {
  return objects
    .filter(({ kind }) => kinds.includes(kind))
    .map((object) => {
      const { jobTemplate, ...own } = object['spec'] as Partial<Job> & { jobTemplate?: { spec: Job } };
      const spec = jobTemplate?.spec ?? (own as Job);
      return {
        kind: object.kind,
        component: spec.template.metadata.labels['app.kubernetes.io/component']!,
        replicas: spec.replicas,
        pod: spec.template.spec,
      };
    });
}

/** The data of a ConfigMap. */
export function configOf(objects: Manifest[], name: string): Record<string, string> {
  const found = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
  if (!found) throw new Error(`there is no ConfigMap ${name}`);
  return found['data'] as Record<string, string>;
}
