/** What the guard must know of the server to see through names. Empty facts only make it refuse less on its own account. */
export interface ServerFacts {
  /** Schemas in which unqualified names are found, pg_catalog apart, in order. */
  searchPath: readonly string[];
  /** Every function name on the server, to tell a field from a call in disguise. */
  functionNames: ReadonlySet<string>;
  /** Functions outside pg_catalog that may not be called, though one may share its name with a built-in. */
  foreignFunctions: ReadonlySet<string>;
  /** Functions of trusted extensions. */
  extensionFunctions: ReadonlySet<string>;
  /** Functions that take a whole row or anything: `t.f` calls them. */
  rowFunctions: ReadonlySet<string>;
  /** Operators outside pg_catalog and the trusted extensions. */
  foreignOperators: ReadonlySet<string>;
  /** Types whose casts, or whose checks where they are domains, run functions outside pg_catalog and the trusted extensions. */
  foreignTypes: ReadonlySet<string>;
  /** `schema.name` of views, partitioned and inherited tables → what reading them reads. */
  reach: ReadonlyMap<string, ReadonlySet<string>>;
  /** `schema.name` of relations that the role may read → their columns. */
  columns: ReadonlyMap<string, readonly string[]>;
}

export const noFacts: ServerFacts = {
  searchPath: ['public'],
  functionNames: new Set(),
  foreignFunctions: new Set(),
  extensionFunctions: new Set(),
  rowFunctions: new Set(),
  foreignOperators: new Set(),
  foreignTypes: new Set(),
  reach: new Map(),
  columns: new Map(),
};
