const identifier = /"((?:[^"]|"")+)"|`([^`]+)`|([\p{L}_][\p{L}\p{N}_$]*)/gu;

/** The tables that a statement names, as far as their names stand in it as words: what it read comes up again. */
export function tablesOfStatement(sql: string, tables: readonly string[]): string[] {
  const found = new Set(
    [...sql.matchAll(identifier)].map(([, quoted, ticked, plain]) =>
      (quoted?.replaceAll('""', '"') ?? ticked ?? plain ?? '').toLowerCase(),
    ),
  );
  return tables.filter((name) => found.has((name.split('.').at(-1) ?? name).toLowerCase()));
}
