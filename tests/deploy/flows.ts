import type { Manifest } from './kustomize.js';

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}
interface Peer {
  podSelector?: Selector;
  namespaceSelector?: Selector;
  ipBlock?: { cidr: string };
}
interface Rule {
  from?: Peer[];
  to?: Peer[];
  ports: { port: number }[];
}
interface PolicySpec {
  podSelector: Selector;
  policyTypes: string[];
  ingress?: Rule[];
  egress?: Rule[];
}

const componentKey = 'app.kubernetes.io/component';

/**
 * Every connection that the policies of a namespace let its own pods make, as `from -> to:port`: one component to another where
 * both ends allow it, and what comes in from or goes out to elsewhere. A pod that is no component is named by a label, `key=value`.
 */
export function flows(objects: Manifest[], components: string[]): string[] {
  const policies = objects
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((object) => object['spec'] as PolicySpec);
  const all = components.flatMap((component) => [
    ...ends(policies, component, 'ingress', components),
    ...ends(policies, component, 'egress', components),
  ]);
  const inside = (end: End) => components.includes(end.from) && components.includes(end.to);
  const text = ({ from, to, port }: End) => `${from} -> ${to}:${port}`;
  const allowed = (direction: string) => new Set(all.filter((end) => end.direction === direction).map(text));
  const both = allowed('ingress').intersection(allowed('egress'));
  const isOpen = ({ direction, from, to }: End) =>
    direction === 'ingress' ? !isBound(policies, from, 'Egress') : !isBound(policies, to, 'Ingress');
  const single = all.filter((end) => !inside(end) || isOpen(end)).map(text);
  return [...new Set([...both, ...single])].sort();
}

function isBound(policies: PolicySpec[], component: string, type: string): boolean {
  return policies.some(
    ({ podSelector, policyTypes }) => policyTypes.includes(type) && selects(podSelector, component),
  );
}

interface End {
  direction: string;
  from: string;
  to: string;
  port: number;
}

function ends(
  policies: PolicySpec[],
  component: string,
  direction: 'ingress' | 'egress',
  components: string[],
): End[] {
  return policies
    .filter(({ podSelector }) => selects(podSelector, component))
    .flatMap((policy) => policy[direction] ?? [])
    .flatMap((rule) => {
      const peers = (rule.from ?? rule.to ?? [{}]).flatMap((peer) => peerNames(peer, components));
      const ports = rule.ports.map(({ port }) => port);
      return peers.flatMap((peer) =>
        ports.map((port) =>
          direction === 'ingress'
            ? { direction, from: peer, to: component, port }
            : { direction, from: component, to: peer, port },
        ),
      );
    });
}

function peerNames({ podSelector, namespaceSelector, ipBlock }: Peer, components: string[]): string[] {
  if (ipBlock) return [ipBlock.cidr];
  if (namespaceSelector) return [`namespace ${Object.values(namespaceSelector.matchLabels ?? {}).join()}`];
  if (!podSelector) return ['anything'];
  const found = components.filter((component) => selects(podSelector, component));
  return found.length > 0 ? found : [JSON.stringify(podSelector.matchLabels ?? podSelector.matchExpressions)];
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, component: string): boolean {
  const [value = '', key = componentKey] = component.split('=').reverse();
  return (
    Object.entries(matchLabels).every((label) => label[0] === key && label[1] === value) &&
    matchExpressions.every((expression) => {
      const isThere = expression.key === key && (expression.values ?? [value]).includes(value);
      return isThere === ['In', 'Exists'].includes(expression.operator);
    })
  );
}
