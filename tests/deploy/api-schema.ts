import type { Manifest } from './kustomize.js';

interface Model {
  validate(): void;
}
type Models = Record<string, { prototype: Model }>;

/** Packages for what Kubernetes itself does not define. */
const packages: Record<string, string> = {
  'keda.sh/v1alpha1': '@kubernetes-models/keda',
  'monitoring.coreos.com/v1': '@kubernetes-models/prometheus-operator',
};

/**
 * What the Kubernetes API, KEDA's or Prometheus Operator's would refuse: wrong types, missing fields, and fields that it does not know. The
 * packages' validators are generated from the APIs' OpenAPI descriptions. They pass over unknown fields, as the API does without
 * strict validation, so a field that no validator looked at is one that the API does not have.
 */
export async function problemsOf(object: Manifest): Promise<string[]> {
  const models = (await import(
    `${packages[object.apiVersion] ?? 'kubernetes-models'}/${object.apiVersion}`
  )) as Models;
  const Model = models[object.kind];
  if (!Model) return [`there is no ${object.kind} in ${object.apiVersion}`];
  const looked = new Set<string>();
  try {
    // Its constructor would copy, and so look at, everything.
    Model.prototype.validate.call(observed(object, '', looked));
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  return paths(object, '')
    .filter((path) => !looked.has(path))
    .map((path) => `${path} is not known`);
}

/** The object, with the paths of all fields that are read of it noted. */
function observed<T extends object>(value: T, path: string, looked: Set<string>): T {
  return new Proxy(value, {
    get(target, key, receiver) {
      const child: unknown = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol') return child;
      looked.add(`${path}/${key}`);
      return typeof child === 'object' && child !== null ? observed(child, `${path}/${key}`, looked) : child;
    },
  });
}

function paths(value: unknown, above: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    `${above}/${key}`,
    ...paths(child, `${above}/${key}`),
  ]);
}
