/** A part of RFC 6902: what the overlays use. */
export interface Operation {
  op: 'add' | 'replace' | 'remove';
  path: string;
  value?: unknown;
}

type Container = Record<string, unknown>;

export function applyPatch(document: object, operations: Operation[]): void {
  for (const { op, path, value } of operations) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() ?? '';
    const parent = keys.reduce<Container>((at, key) => {
      if (typeof at[key] !== 'object' || at[key] === null) throw new Error(`${path}: there is no ${key}`);
      return at[key] as Container;
    }, document as Container);
    if (op !== 'add' && !(last in parent)) throw new Error(`${path}: there is no ${last}`);
    if (Array.isArray(parent)) throw new Error(`${path}: elements of lists are not added or removed here`);
    // Each object gets a value of its own: later patches change it.
    if (op === 'remove') Reflect.deleteProperty(parent, last);
    else parent[last] = structuredClone(value);
  }
}
