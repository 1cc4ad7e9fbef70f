import type { AccessPolicy } from '#shared/contracts/datasource';
import type { ServerFacts } from './server-facts.js';

type Lists = Pick<AccessPolicy, 'allowTables' | 'denyTables'>;

/** Whether the policy lets a relation be read, by what it really reads. */
export class PostgresRelations {
  private readonly allowed: ReadonlySet<string> | null;
  private readonly denied: ReadonlySet<string>;

  constructor(
    { allowTables, denyTables }: Lists,
    private readonly facts: ServerFacts,
  ) {
    this.allowed = allowTables ? new Set(allowTables.flatMap((name) => this.fullNames(name))) : null;
    this.denied = new Set((denyTables ?? []).flatMap((name) => this.fullNames(name)));
  }

  mayRead(schema: string | undefined, name: string): boolean {
    if (schema === undefined ? name.startsWith('pg_') : isSystemSchema(schema)) return false;
    const candidates = schema === undefined ? this.fullNames(name) : [`${schema}.${name}`];
    if (this.allowed && !candidates.some((candidate) => this.allowed?.has(candidate))) return false;
    return !candidates.some((candidate) => this.reachesDenied(candidate));
  }

  private reachesDenied(name: string): boolean {
    if (this.denied.has(name)) return true;
    return [...(this.facts.reach.get(name) ?? [])].some((reached) => this.denied.has(reached));
  }

  /** A name of the policy or a statement, with every schema in which it may be found. */
  private fullNames(name: string): string[] {
    if (name.includes('.')) return [name];
    return this.facts.searchPath.map((schema) => `${schema}.${name}`);
  }
}

function isSystemSchema(schema: string): boolean {
  return schema.startsWith('pg_') || schema === 'information_schema';
}
